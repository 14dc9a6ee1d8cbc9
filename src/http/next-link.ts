/**
 * Spell the Link header (RFC 8288) of the next page: the same parameters with another cursor, as a
 * relative reference, because the service does not know under which host it is reached.
 */
export function nextLink(
  path: string,
  parameters: ReadonlyMap<string, string>,
  cursor: string
): string {
  const next = new URLSearchParams([...new Map(parameters).set('cursor', cursor)])
  return `<${path}?${next}>; rel="next"`
}
