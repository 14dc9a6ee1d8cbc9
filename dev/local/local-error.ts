/** What a person should do matters here; where in the code it was noticed does not. */
export function localError(message: string): Error {
  return Object.assign(new Error(message), { name: 'LocalError', stack: message })
}
