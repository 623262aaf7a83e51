import type { FeedEvent } from '../../schemas/feed.ts'
import type { Stack } from './stack.ts'

/** All that the feed has behind a cursor, or from its beginning, and the cursor then. */
export async function readFeed({ api }: Pick<Stack, 'api'>, from: string | undefined) {
  const events: FeedEvent[] = []
  let cursor = from
  for (;;) {
    const page = await api.listEvents({ query: { limit: 100, ...(cursor !== undefined && { cursor }) } })
    events.push(...page.items)
    if (page.cursor === cursor) return { events, cursor }
    cursor = page.cursor
  }
}
