/** A route key, taken apart: `ANY /files/{proxy+}`. */
export interface RoutePath {
  readonly key: string
  /** `ANY` for all. */
  readonly method: string
  readonly segments: readonly Segment[]
}

type Segment = { readonly text: string } | { readonly parameter: string; readonly greedy: boolean }

export interface Matched<Route> {
  readonly route: Route
  readonly parameters: Readonly<Record<string, string>>
}

/** Reads a route key of API Gateway; `$default` has no segments and matches nothing by itself. */
export function routePath(key: string): RoutePath {
  const [method = '', path = ''] = key.split(' ')
  const segments = path
    .split('/')
    .slice(1)
    .map((text): Segment => {
      const parameter = /^\{([^}+]+)(\+?)\}$/.exec(text)
      return parameter ? { parameter: parameter[1] ?? '', greedy: parameter[2] === '+' } : { text }
    })
  return { key, method, segments }
}

/**
 * The route that API Gateway picks: a full match before one with a greedy parameter, and of those the one whose segments are fixed
 * for longest; at the same path the very method before `ANY`; at last `$default`. Throws `URIError` for parameters that are not well encoded.
 */
export function matchRoute<Route extends { readonly path: RoutePath }>(
  routes: readonly Route[],
  method: string,
  path: string,
): Matched<Route> | undefined {
  const given = path.split('/').slice(1)
  const fitting = routes.filter(
    ({ path: route }) => (route.method === method || route.method === 'ANY') && fits(route.segments, given),
  )
  const [best] = fitting.toSorted((a, b) => before(a.path, b.path))
  if (best) return { route: best, parameters: parametersOf(best.path.segments, given) }
  const fallback = routes.find((route) => route.path.key === '$default')
  return fallback && { route: fallback, parameters: {} }
}

function fits(segments: readonly Segment[], given: readonly string[]): boolean {
  const last = segments.at(-1)
  const greedy = last !== undefined && 'parameter' in last && last.greedy
  if (greedy ? given.length < segments.length : given.length !== segments.length) return false
  return segments.every((segment, index) => ('text' in segment ? segment.text === given[index] : given[index] !== ''))
}

function before(a: RoutePath, b: RoutePath): number {
  for (let index = 0; index < Math.max(a.segments.length, b.segments.length); index += 1) {
    const difference = weight(a.segments[index]) - weight(b.segments[index])
    if (difference !== 0) return difference
  }
  return Number(a.method === 'ANY') - Number(b.method === 'ANY')
}

const weight = (segment: Segment | undefined): number =>
  segment === undefined ? 3 : 'text' in segment ? 0 : segment.greedy ? 2 : 1

function parametersOf(segments: readonly Segment[], given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    segments.flatMap((segment, index) => {
      if (!('parameter' in segment)) return []
      const value = segment.greedy ? given.slice(index).join('/') : (given[index] ?? '')
      return [[segment.parameter, decodeURIComponent(value)]]
    }),
  )
}
