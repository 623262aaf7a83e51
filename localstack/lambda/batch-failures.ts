/**
 * Reads the answer of a function with `ReportBatchItemFailures`: the identifiers that it reports, or `all` when AWS takes the whole
 * batch as failed (an answer that is not an object, an identifier that is empty, misnamed or not of the batch).
 */
export function reportedFailures(answer: unknown, batch: readonly string[]): ReadonlySet<string> | 'all' {
  if (answer === undefined || answer === null) return new Set()
  if (typeof answer !== 'object') return 'all'
  const list = 'batchItemFailures' in answer ? answer.batchItemFailures : undefined
  if (list === undefined || list === null) return new Set()
  if (!Array.isArray(list)) return 'all'
  const known = new Set(batch)
  const failures = new Set<string>()
  for (const item of list as readonly unknown[]) {
    const identifier = identifierOf(item)
    if (identifier === undefined || !known.has(identifier)) return 'all'
    failures.add(identifier)
  }
  return failures
}

function identifierOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null || !('itemIdentifier' in item)) return undefined
  return typeof item.itemIdentifier === 'string' ? item.itemIdentifier : undefined
}
