import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec'

interface Map {
  readonly sources: readonly string[]
  readonly mappings: string
}

/**
 * Keep the parts of a source map for `src` and `schemas`. The rest, 6 MB, becomes one entry without
 * a source where it begins. Pure.
 */
export function withoutDependencies<M extends Map>(map: M): M {
  let own = true
  const lines = decode(map.mappings).map((line) =>
    line.flatMap((segment): readonly SourceMapSegment[] => {
      const before = own
      own = segment.length > 1 && !map.sources[segment[1] ?? 0]?.includes('node_modules/')
      if (own) return [segment]
      return before ? [[segment[0]]] : []
    })
  )
  const sources = map.sources.map((source) => (source.includes('node_modules/') ? '' : source))
  return { ...map, sources, mappings: encode(lines.map((line) => [...line])) }
}
