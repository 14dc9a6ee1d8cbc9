/**
 * Set what the Spanner client must find in the environment before it loads, when it talks to an
 * emulator: no multiplexed sessions, unless the environment asks for them. With them the emulator's
 * sessions cannot be released, and a transaction that committed is reported as failed. Call it with
 * `process.env`, never for a real database
 * (https://cloud.google.com/spanner/docs/sessions#multiplexed_sessions).
 */
export function prepareEmulatorEnvironment(env: Record<string, string | undefined>): void {
  for (const use of ['', '_FOR_RW', '_PARTITIONED_OPS']) {
    env[`GOOGLE_CLOUD_SPANNER_MULTIPLEXED_SESSIONS${use}`] ??= 'false'
  }
}
