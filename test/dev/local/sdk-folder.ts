import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

export interface SdkScripts {
  /** Shell scripts that stand in for the emulators. */
  readonly spanner?: string
  readonly pubsub?: string
}

/** Make an installation of the Google Cloud CLI with these emulators; its `bin` is for PATH. */
export function folderWithSdk({ spanner, pubsub }: SdkScripts): string {
  const root = mkdtempSync(join(tmpdir(), 'landfall-sdk-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  writeScript(join(root, 'bin', 'gcloud'), 'exit 1')
  if (spanner) writeScript(join(root, 'bin/cloud_spanner_emulator/emulator_main'), spanner)
  if (pubsub) {
    writeScript(join(root, 'platform/pubsub-emulator/bin/cloud-pubsub-emulator'), pubsub)
  }
  return join(root, 'bin')
}

function writeScript(file: string, script: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
}
