import { parseArgs } from 'node:util'
import { tracesOf } from './trace/traces.ts'
import { linesOf } from './trace/tree.ts'

const usage = `Prints what an order has set off on the local stack, as a tree: which function, by which event, how long it took, and what it called.

  npm run trace -- <order>
    --brief     leaves the calls out
    --url URL   the stack (default: http://localhost:4000)

On AWS, X-Ray has the same: docs/runbooks.md leads from an order to its traces.
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    brief: { type: 'boolean', default: false },
    url: { type: 'string', default: 'http://localhost:4000' },
    help: { type: 'boolean', default: false },
  },
})
const [order, ...more] = positionals

if (values.help) console.log(usage)
else if (order === undefined || more.length > 0) {
  console.error(usage)
  process.exitCode = 2
} else process.exitCode = await print(order)

async function print(order: string): Promise<number> {
  const spans = await tracesOf(values.url.replace(/\/$/, ''), order)
  const lines = linesOf(order, spans, { brief: values.brief })
  if (lines.length === 0) {
    console.error(
      `Nothing is known of ${order}: the local stack keeps the last 20,000 spans. Place an order, and ask with its id (ord_…).`,
    )
    return 1
  }
  console.log(lines.join('\n'))
  return 0
}
