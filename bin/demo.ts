import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { systemClock } from '../functions/runtime/clock.ts'
import { startStack } from '../localstack/start.ts'
import { awayReader } from './demo/away-reader.ts'
import { countDuringSale } from './demo/count-during-sale.ts'
import { deafReceiver } from './demo/deaf-receiver.ts'
import { declinedCard } from './demo/declined-card.ts'
import { erasedAccount } from './demo/erased-account.ts'
import { forgottenPassword } from './demo/forgotten-password.ts'
import { lastUnits } from './demo/last-units.ts'
import { lateMoney } from './demo/late-money.ts'
import { operatorsView } from './demo/operators-view.ts'
import { machine } from './demo/machine.ts'
import { parcelNews } from './demo/parcel-news.ts'
import { photo } from './demo/photo.ts'
import { preOrder } from './demo/pre-order.ts'
import { poison } from './demo/poison.ts'
import { refundComesBack } from './demo/refund-comes-back.ts'
import { samePost } from './demo/same-post.ts'
import type { DemoStack } from './demo/shop.ts'
import { Narrator } from './demo/narrator.ts'
import { twoParcels } from './demo/two-parcels.ts'
import { unpaid } from './demo/unpaid.ts'
import { stageAt } from './place.ts'
import { isSound } from './replay/figures.ts'
import { reconcileStage } from './reconcile/tables.ts'
import { progressOn, silent } from './replay/progress.ts'
import { replay } from './replay/replay.ts'
import { operatorOf, signedIn } from './replay/stack.ts'
import { report } from './replay/table.ts'
import { tradingDay } from './replay/trading-day.ts'

const name = '2010-12-01.csv'
/** Those that move the clock by days come first: the alarms at the end are those of what is still news. */
const stories = [
  lastUnits,
  unpaid,
  erasedAccount,
  deafReceiver,
  declinedCard,
  lateMoney,
  refundComesBack,
  twoParcels,
  samePost,
  photo,
  preOrder,
  countDuringSale,
  forgottenPassword,
  machine,
  parcelNews,
  awayReader,
  poison,
]
const narrator = new Narrator((line) => console.log(line))

// `npm run demo`: a trading day and seventeen stories on a stack of its own. Exits with 1 when one ends otherwise than promised.
const running = await startStack({ port: 0, quiet: true })
try {
  const stack = await localStack(running.url)
  await tradingDayOf(stack)
  await tablesOf(running.url)
  for (const story of stories) await story(stack, narrator)
  await tablesOf(running.url)
  await operatorsView(stack, narrator)
} finally {
  await running.stop()
}
narrator.print(
  narrator.brokenPromises === 0 ? '\nEvery promise was kept.' : `\n${narrator.brokenPromises} promises were BROKEN.`,
)
process.exitCode = narrator.brokenPromises === 0 ? 0 : 1

async function localStack(url: string): Promise<DemoStack> {
  const { control, ...stack } = await signedIn(url, operatorOf({}), systemClock)
  if (control === undefined) throw new Error(`${url} has no control API.`)
  return { ...stack, control }
}

async function tablesOf(url: string): Promise<void> {
  narrator.title('What the tables have')
  const found = await reconcileStage(await stageAt({ url, aws: false }), silent)
  narrator.answered(`${found.skus} skus, ${found.orders} orders`, ...found.differences)
  narrator.promise('everything fits together', found.differences.length === 0 && found.moving.length === 0)
}

async function tradingDayOf(stack: DemoStack): Promise<void> {
  narrator.title('A trading day of a wholesaler')
  const text = await readFile(new URL(`../test/data/online-retail/${name}`, import.meta.url), 'utf8')
  const course = { pay: 'wallet', ship: true } as const
  const options = {
    stock: 'plenty',
    course,
    atOnce: 8,
    runId: randomUUID(),
    progress: progressOn(process.stderr),
  } as const
  const figures = await replay(stack, tradingDay([{ name, text }]), options)
  narrator.print(report(figures))
  narrator.promise('stock and money reconcile', isSound(figures))
  narrator.promise(
    'every invoice became an order that is paid and delivered',
    figures.orders.completed === figures.invoices,
  )
}
