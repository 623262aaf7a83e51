/** Does the same with each, `concurrency` at a time; the results are in the order in which they were done. */
export async function sideBySide<Each, Result>(
  all: readonly Each[],
  concurrency: number,
  act: (each: Each) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const waiting = all.values()
  const work = async () => {
    for (const each of waiting) results.push(await act(each))
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return results
}
