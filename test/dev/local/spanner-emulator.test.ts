import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startSpannerEmulator } from '../../../dev/local/emulator.ts'

function folderWithGcloud(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'gcloud'), script)
  chmodSync(join(folder, 'gcloud'), 0o755)
  return folder
}

test('says how to get it when there is no Google Cloud CLI', async () => {
  for (const path of [undefined, '', '/nowhere:/nowhere/else']) {
    await expect(startSpannerEmulator({ path })).rejects.toThrow(
      /^There is no `gcloud` in PATH.*gcloud components install.*SPANNER_EMULATOR_HOST.*$/
    )
  }
})

test('says how to get it when the Google Cloud CLI has none', async () => {
  const path = folderWithGcloud('#!/bin/sh\nexit 1\n')
  await expect(startSpannerEmulator({ path })).rejects.toThrow(
    /has no Spanner emulator\. Get it with .*cloud-spanner-emulator/
  )
})
