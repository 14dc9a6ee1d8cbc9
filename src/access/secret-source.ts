/** One reading of a secret. The bytes go into no log line and no message. */
export interface Secret {
  readonly bytes: Buffer
  /** What was read, for people: the name of the resolved version, or the path of the file. */
  readonly version: string
}

/** Where a secret is. */
export interface SecretSource {
  /**
   * Read the secret as it is now: all of one version, never half of it.
   *
   * @throws {Failure} SECRET_INVALID when it cannot be read, or is not what was stored
   */
  read(): Promise<Secret>
  close(): Promise<void>
}
