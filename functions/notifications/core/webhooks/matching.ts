/** Whether one of the patterns asks for events of that name: `order.*` for all of a kind, `*` for all. */
export const matches = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => pattern === '*' || pattern === name || isOfKind(pattern, name)) // mutant: pattern-match

const isOfKind = (pattern: string, name: string): boolean =>
  pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1))
