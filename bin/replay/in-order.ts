/** Does the work for each item, started in their order, with at most `atOnce` under way. Throws what the work throws, and starts no more then. */
export async function inOrder<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values()
  let broken = false
  const worker = async (): Promise<void> => {
    for (const item of rest) {
      if (broken) return
      try {
        await work(item)
      } catch (error) {
        broken = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
}
