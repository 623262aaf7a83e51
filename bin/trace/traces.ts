import { send } from '../../schemas/client.ts'
import type { Span } from '../../localstack/xray/span.ts'

/** The spans of an order on a local stack. Throws where none answers there, with what to do. */
export async function tracesOf(baseUrl: string, order: string): Promise<readonly Span[]> {
  const path = `/_local/traces/${encodeURIComponent(order)}`
  const answer = await send({ baseUrl }, { method: 'GET', path }).catch((error: unknown) => {
    throw new Error(`No stack answers at ${baseUrl}: begin one with npm start, or name it with --url.`, {
      cause: error,
    })
  })
  if (answer.status !== 200)
    throw new Error(`${baseUrl} is no local stack (${answer.status}): docs/runbooks.md has the way to traces on AWS.`)
  return (answer.body as { readonly spans: readonly Span[] }).spans
}
