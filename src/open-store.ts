import type { Config } from './settings.ts'
import type { Store } from './store/store.ts'
import type { Table } from './store/table.ts'

/** Callbacks for what no call reports. */
export interface StoreWatch {
  /** Called with an error in the background. */
  readonly onError?: (error: unknown) => void
  /** Called when a transaction was aborted and is retried. */
  readonly onAbort?: () => void
}

/**
 * Open the configured store. Only its client is loaded: Spanner's takes half a second, and the
 * embedded store needs none.
 *
 * @param env the environment of the process, in which the Spanner client finds what an emulator
 *   needs
 */
export async function openStore(
  config: Config,
  tables: readonly Table[],
  env: Record<string, string | undefined>,
  watch: StoreWatch
): Promise<Store> {
  if (!config.SPANNER_DATABASE) {
    const { openEmbeddedStore } = await import('./store/embedded/open-embedded-store.ts')
    return openEmbeddedStore({ file: config.EMBEDDED_FILE, tables })
  }
  const emulator = config.SPANNER_EMULATOR_HOST !== undefined
  if (emulator) {
    const { prepareEmulatorEnvironment } = await import(
      './store/spanner/prepare-emulator-environment.ts'
    )
    prepareEmulatorEnvironment(env)
  }
  const { openSpannerStore } = await import('./store/spanner/open-spanner-store.ts')
  return openSpannerStore({
    database: config.SPANNER_DATABASE,
    emulator,
    commitTimeoutMs: config.COMMIT_TIMEOUT_MS,
    readTimeoutMs: config.READ_TIMEOUT_MS,
    ...watch
  })
}
