import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { startSpannerEmulator } from '../../../dev/local/emulator.ts'

/** True when something listens there. */
const listens = (host: string) =>
  new Promise<boolean>((resolve) => {
    const [name = '', port] = host.split(':')
    const socket = connect(Number(port), name)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

function folderWithGcloud(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'gcloud'), script)
  chmodSync(join(folder, 'gcloud'), 0o755)
  return folder
}

it('listens when it has started, and is gone when it has stopped', async () => {
  const emulator = await startSpannerEmulator({ path: process.env['PATH'] })
  expect(await listens(emulator.host)).toBe(true)
  await emulator.stop()
  expect(await listens(emulator.host)).toBe(false)
  await emulator.stop()
})

it('says how to get it when there is no Google Cloud CLI', async () => {
  for (const path of [undefined, '', '/nowhere:/nowhere/else']) {
    await expect(startSpannerEmulator({ path })).rejects.toThrow(
      /^There is no `gcloud` in PATH.*gcloud components install.*SPANNER_EMULATOR_HOST.*$/
    )
  }
})

it('says how to get it when the Google Cloud CLI has none', async () => {
  const path = folderWithGcloud('#!/bin/sh\nexit 1\n')
  await expect(startSpannerEmulator({ path })).rejects.toThrow(
    /has no Spanner emulator\. Get it with .*cloud-spanner-emulator/
  )
})

it('says so at once when the emulator does not run', async () => {
  const flags = ['--no_such_flag']
  await expect(startSpannerEmulator({ path: process.env['PATH'], flags })).rejects.toThrow(
    'The Spanner emulator ended with'
  )
})
