const routes: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^\/(events\/?)?$/, ['POST']],
  [/^\/(api\/v1|health|docs)\//, ['GET', 'HEAD']],
  [/^\/(metrics|docs|openapi\.json|asyncapi\.json)\/?$/, ['GET', 'HEAD']]
]

/** Name the methods that a path is served with; undefined where nothing is. */
export function allowedMethods(url: string): readonly string[] | undefined {
  const path = url.split(/[?#]/, 1)[0] ?? ''
  return routes.find(([pattern]) => pattern.test(path))?.[1]
}
