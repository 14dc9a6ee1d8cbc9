/** The command line does not say what to do: exit code 2. */
export function usageError(message: string): Error {
  return Object.assign(new Error(message), { name: 'UsageError', stack: message })
}
