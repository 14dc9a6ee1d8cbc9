import { expect, test } from 'vitest'
import { startPubSubEmulator } from '../../../dev/local/emulator.ts'
import { folderWithSdk } from './sdk-folder.ts'

test('one line says how to get the emulator when there is none', async () => {
  await expect(startPubSubEmulator({ path: '/nowhere' })).rejects.toThrow(
    /^There is no `gcloud` in PATH.*install pubsub-emulator.*PUBSUB_EMULATOR_HOST.*$/
  )
  await expect(startPubSubEmulator({ path: folderWithSdk({}) })).rejects.toThrow(
    /has no Pub\/Sub emulator\. Get it with .*install pubsub-emulator/
  )
})

test('an emulator that finds no Java is reported', async () => {
  const path = folderWithSdk({ pubsub: 'echo ERROR: no java >&2; exit 1' })
  await expect(startPubSubEmulator({ path })).rejects.toThrow(
    'The Pub/Sub emulator ended with exit code 1, saying: ERROR: no java'
  )
})

test('an aborted start leaves nothing behind', async () => {
  const path = folderWithSdk({ pubsub: 'exec sleep 600' })
  const signal = AbortSignal.timeout(100)
  await expect(startPubSubEmulator({ path, signal })).rejects.toThrow('aborted')
})
