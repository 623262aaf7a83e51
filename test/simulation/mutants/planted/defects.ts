import { type Defect, defect } from './defect.ts'
import { moneyDefects } from './money-defects.ts'
import { hiddenDefects, stockDefects } from './stock-defects.ts'

/** Mistakes that somebody could make in the shipped code. */
export const defects: readonly Defect[] = [
  defect(
    'stock is written over whatever is there',
    'inventory/store/inventory-items',
    'because, [...news, ...emits]), if: over(before)',
    "because, [...news, ...emits]), if: 'any'",
  ),
  defect(
    'a reservation is written over whatever is there',
    'inventory/store/inventory-items',
    'dueOf(state, because.at) }, if: over(before)',
    "dueOf(state, because.at) }, if: 'any'",
  ),
  defect(
    'moved units stay where they were',
    'inventory/core/stock',
    '[from]: counts[from] - units',
    '[from]: counts[from]',
  ),
  defect('moved units do not arrive', 'inventory/core/stock', '[to]: taken[to] + units', '[to]: taken[to]'),
  defect(
    'moved units arrive in every warehouse',
    'inventory/core/stock',
    'levels = withLevel(levels, warehouseId, { ...put, updatedAt: at })',
    'for (const id of new Set([...levels.keys(), warehouseId])) {\n' +
      'const there = id === warehouseId ? put : countsOf({ levels }, id)\n' +
      "levels = withLevel(levels, id, id === warehouseId || to === 'outside' ? there : { ...there, [to]: there[to] + units })\n}",
  ),
  defect(
    'orders of one delivery do not see what the others took',
    'inventory/core/decide-batch',
    'stockOf: (sku) => stocks.get(sku) ?? ledger.stockOf(sku)',
    'stockOf: (sku) => ledger.stockOf(sku)',
  ),
  defect(
    'what lost a race is written all the same',
    'inventory/store/reserve-batch',
    'const outcome = await this.#store.write(...writes)',
    "const tried = await this.#store.write(...writes)\nconst outcome = tried.ok ? tried : await this.#store.write(...writes.map((write) => ({ ...write, if: 'any' as const })))",
  ),
  defect(
    'adjustments may go below zero',
    'inventory/core/stock',
    'if (available < 0) return',
    'if (available < -1_000_000) return',
  ),
  defect(
    'a unique product may be two',
    'inventory/core/stock',
    'if (stock.unique && delta > 0 &&',
    'if (stock.unique && delta > 1_000_000 &&',
  ),
  defect(
    'stock of a retired product can be reserved',
    'inventory/core/stock',
    'stock === undefined || stock.retired ? 0 :',
    'stock === undefined ? 0 :',
  ),
  defect(
    'a product with reserved units can be retired',
    'inventory/core/stock',
    'return reserved === 0 && allocated === 0',
    'return allocated === 0',
  ),
  defect(
    'old news of products replaces new',
    'inventory/core/stock',
    'if (stock !== undefined && stock.productVersion >= product.version) return undefined',
    '',
  ),
  defect(
    'a step hold is not undone when a later line is short',
    'inventory/core/reservation',
    'if (current.lines.length === 0)',
    'if (current.lines.length >= 0)',
  ),
  defect(
    'what is committed is not given back',
    'inventory/core/reservation',
    'if (!allocated) return undefined',
    'if (left.length === 0) return undefined',
  ),
  defect(
    'what is released is released again',
    'inventory/core/allocation-tasks',
    "freed === true ||\n        jobs.some(({ move }) => move === 'release') ||",
    "jobs.some(({ move }) => move === 'release') ||",
  ),
  defect(
    'a release needs a reservation',
    'inventory/core/reservation',
    "if (request.move === 'close' || request.move === 'release')",
    'if (false)',
  ),
  defect(
    'a release names the event, not the order',
    'inventory/on/consume',
    "return { ...asked, move: 'close' }",
    "return { ...asked, id: cause, move: 'close' }",
  ),
  defect(
    'a hold is committed after its time',
    'inventory/routes/reservations',
    "const over = status === 'held' && expiresAt <= timeOf(deps.clock.now())",
    'const over = false',
  ),
  defect(
    'a release takes from the wrong bucket',
    'inventory/core/reservation',
    "job.move === 'withdraw') return releasing(current, 'allocated', 'released')",
    "job.move === 'withdraw') return releasing(current, 'reserved', 'released')",
  ),
  defect(
    'a commit gives the units back',
    'inventory/core/reservation',
    "move(stock, lines, 'reserved', 'allocated', at)",
    "move(stock, lines, 'reserved', 'available', at)",
  ),
  defect(
    'steps are counted by skus, not by lines',
    'inventory/core/reservation',
    'done: current.done + lines.length }',
    'done: current.done + skus.size }',
  ),
  defect(
    'holds expire before their time',
    'inventory/core/reservation',
    "(status === 'held' && expiresAt <= now)",
    "status === 'held'",
  ),
  defect(
    'nobody looks after holds without an order',
    'inventory/store/inventory-items',
    'if (held ? state.orderId !== undefined : settled(state.status)) return {}',
    'if (held || settled(state.status)) return {}',
  ),
  defect(
    'a step left half-way is not resumed',
    'inventory/store/inventory-items',
    'if (held ? state.orderId !== undefined : settled(state.status)) return {}',
    "if (state.orderId !== undefined || state.status !== 'held') return {}",
  ),
  defect(
    'a confirmed order gives its stock back',
    'inventory/on/consume',
    "return { ...asked, move: 'commit' }",
    "return { ...asked, move: 'release' }",
  ),
  defect(
    'a closed order keeps its stock',
    'inventory/on/consume',
    "return { ...asked, move: 'close' }",
    "return { ...asked, move: 'commit' }",
  ),
  defect(
    'inventory acknowledges products that it could not keep',
    'inventory/on/consume',
    'failures.push({ messageId: event.messageId, error })',
    '',
  ),
  defect(
    'an adjustment forgets its idempotency key',
    'runtime/commit',
    'const outcome = await store.write(...writes, ...(record ? [record] : []))',
    'const outcome = await store.write(...writes)',
  ),
  defect(
    'a key takes any body',
    'runtime/commit',
    "if (record['hash'] !== hash) throw",
    "if (record['hash'] === undefined) throw",
  ),
  defect(
    'who loses the race for a key is answered as who won',
    'runtime/commit',
    'const first = found && answerIn<Body>(found, kept)',
    "const first = found && answerIn<Body>(found, { ...kept, hash: String(found['hash']) })",
  ),
  defect(
    'a key is bound to what was done already',
    'runtime/commit',
    "const outcome = await store.write({ put: binding, if: 'absent' })\n    bound = outcome.ok ? binding : outcome.failed[0]?.found",
    'bound = undefined',
  ),
  defect(
    'a hold is answered to whoever has its key',
    'inventory/core/reservation',
    "if (request.move === 'hold' && request.orderId === undefined && current.asked.hold !== request.cause)",
    'if (false)',
  ),
  defect(
    'an order is answered to whoever lost the race for its key',
    'orders/routes/place',
    "{ delete: keyOf(write), if: 'any' })))\n    return again(deps, request, known, hash)",
    "{ delete: keyOf(write), if: 'any' })))\n    return again(deps, request, known, known.hash)",
  ),
  defect(
    'an order key takes any body',
    'orders/routes/place',
    'if (known.hash !== hash) {',
    "if (known.hash === '') {",
  ),
  defect('consumers acknowledge what failed', 'runtime/events', 'else failed.push(messageId)', ''),
  defect(
    'poison is thrown away',
    'runtime/events',
    "if (typeof read === 'string') await park(record, read)",
    "if (typeof read === 'string') continue",
  ),
  defect('poison that could not be parked is thrown away', 'runtime/events', 'failed.push(record.messageId)', ''),
  defect(
    'orders are placed for whoever is named',
    'orders/routes/place',
    'if (customerId === caller.id || customerId === guest || (await isUser(deps, customerId))) return undefined',
    'if (customerId.length > 0) return undefined',
  ),
  defect(
    'wallets are made for whoever is named',
    'payments/routes/wallets',
    'if (params.id !== caller.id && !(await isUser(deps, params.id)))',
    'if (params.id.length === 0)',
  ),
  defect('nobody waits for users on their way', 'runtime/known-users', 'const waitMs = 1_000', 'const waitMs = 0'),
  defect(
    'old news of a user replaces new',
    'runtime/known-users',
    'known !== undefined && known.userVersion >= userVersion',
    'known !== undefined && known.userVersion === userVersion',
  ),
  defect(
    'a user is written over whatever is there',
    'runtime/known-users',
    'put: item, if: over(known)',
    "put: item, if: 'any'",
  ),
  defect(
    'consumers believe whoever says it',
    'runtime/subscription',
    'named.find((contract) => sourceOf(contract) === source) ??',
    'named[0] ??',
  ),
  defect(
    'rules let each source say what others may say',
    'runtime/subscription',
    'source: [source],',
    'source: [...new Set(consumes.map(sourceOf))],',
  ),
  defect(
    'one failure takes the rest of the batch as done',
    'runtime/events',
    'failures.push({ messageId: event.messageId, error })',
    'return []',
  ),
  defect(
    'events that the bus did not take are forgotten',
    'runtime/bus.eventbridge',
    'if (EventId !== undefined && results[index]?.ErrorCode === undefined) return []',
    'return []',
  ),
  defect(
    'the relay goes on behind what it could not say',
    'runtime/relay',
    'if (at !== undefined) return { batchItemFailures: [{ itemIdentifier: sequenceOf(at.record) }] }',
    '',
  ),
  defect(
    'the relay takes an error of the bus for success',
    'runtime/relay',
    'return entries.map((_, index) => ({ index, cause: String(error) }))',
    'return []',
  ),
  defect('events of two versions have one id', 'runtime/relay', '@${item.version}/', '@1/'),
  defect(
    'an order takes back what it knows of stock',
    'orders/core/order',
    'return stockRank[stock] > stockRank[order.facts.stock] ?',
    'return stock !== order.facts.stock ?',
  ),
  defect(
    'orders expire before their time',
    'orders/core/order',
    "status(facts) === 'reserved' && expiresAt !== undefined && expiresAt <= now",
    "status(facts) === 'reserved'",
  ),
  defect(
    'approved orders expire',
    'orders/core/order',
    "status(facts) === 'reserved' && expiresAt !== undefined && expiresAt <= now",
    "(status(facts) === 'reserved' || status(facts) === 'confirmed') && expiresAt !== undefined && expiresAt <= now",
  ),
  defect(
    'orders are approved after their time',
    'orders/core/order',
    'if (isClosed(order.facts) || overdue(order, now))',
    'if (isClosed(order.facts))',
  ),
  defect(
    'closed orders are approved',
    'orders/core/order',
    'if (isClosed(order.facts) || overdue(order, now))',
    'if (overdue(order, now))',
  ),
  defect(
    'an approval before stock is forgotten',
    'orders/core/order',
    "return payable[order.facts.payment] ? { name: 'approved' } : 'unchanged'",
    "return order.facts.stock !== 'requested' && payable[order.facts.payment] ? { name: 'approved' } : 'unchanged'",
  ),
  defect(
    'closed orders are cancelled',
    'orders/core/order',
    "return phase[status(facts)] === 'open' ? { name: 'cancelled'",
    "return phase[status(facts)] !== 'dispatched' ? { name: 'cancelled'",
  ),
  defect('nobody reminds of debts', 'orders/core/order', 'if (owes(order).length === 0) return end', 'return end'),
  defect(
    'nobody looks for lost timers',
    'orders/core/order',
    "? expiresAt + (facts.payment === 'in_flight' ? graceMs : timerGraceMs)",
    '? undefined',
  ),
  defect('an order owes no placing', 'orders/core/order', "if (is === 'placed') return ['order.placed']", ''),
  defect(
    'a confirmed order owes nothing',
    'orders/core/order',
    "...(confirmed ? [] : (['order.confirmed'] as const)),",
    '',
  ),
  defect('a closed order owes nothing', 'orders/core/order', 'return quit(facts) ? [] : announced(is)', 'return []'),
  defect(
    'an order is written over whatever is there',
    'orders/store/order-item',
    'const condition = { version: item.version }',
    "const condition = 'any'",
  ),
  defect(
    'placing again replaces the order',
    'orders/store/order-item',
    "header: { put: item, if: 'absent' }",
    "header: { put: item, if: 'any' }",
  ),
  defect(
    'lines with one sku are not merged',
    'orders/core/price-list',
    'const lines = merged(wanted).flatMap',
    'const lines = wanted.flatMap',
  ),
  defect(
    'old prices replace new ones',
    'orders/core/price-list',
    'known && known.productVersion >= told.productVersion ? undefined : told',
    'told',
  ),
  defect(
    'the sweeper does not expire',
    'orders/on/due',
    'const event = expire(stored.order, now)',
    'const event = undefined as ReturnType<typeof expire>',
  ),
  defect('the sweeper says nothing again', 'orders/on/due', 'says: owes(order)', 'says: []'),
  defect(
    'the end of a product ends its next life',
    'catalog/core/product',
    'product.createdVersion <= productVersion',
    'product.createdVersion <= productVersion + 1_000',
  ),
]

/** Those, and the mistakes with money, parcels and bounds: each is found alone. */
export const all: readonly Defect[] = [...defects, ...moneyDefects, ...stockDefects]

/** The defect of that name. Throws when there is none. */
export function defectOf(name: string): Defect {
  const found = [...all, ...hiddenDefects].find((defect) => defect.name === name)
  if (!found) throw new Error(`There is no defect "${name}".`)
  return found
}

/** Mistakes of which one could hide what gives the other away. */
export const pairs: readonly (readonly [string, string])[] = [
  // The second line of defence is gone, too.
  ['a warehouse finds what every object has', 'levels are written whatever they are'],
  ['an event of any size is put', 'a call that is refused as a whole is made again for ever'],
  // Nothing moves at all, so that every sum is right.
  ['moved units stay where they were', 'moved units do not arrive'],
  // Each would fail where the other one's condition holds.
  ['stock is written over whatever is there', 'a reservation is written over whatever is there'],
  // What is lost is not missed: nobody asks again.
  ['consumers acknowledge what failed', 'nobody reminds of debts'],
  ['events that the bus did not take are forgotten', 'the sweeper says nothing again'],
  ['an order owes no placing', 'the relay takes an error of the bus for success'],
  // Both ways of ending a hold are gone.
  ['nobody looks for lost timers', 'the sweeper does not expire'],
  // Orders and holds agree about being too early, or too late.
  ['orders expire before their time', 'holds expire before their time'],
  ['orders are approved after their time', 'nobody looks for lost timers'],
  // The catalogue's readers agree, and are all wrong.
  ['old news of products replaces new', 'old prices replace new ones'],
  ['stock of a retired product can be reserved', 'a product with reserved units can be retired'],
  // What is given back wrongly would be put right by what is not given back.
  ['a confirmed order gives its stock back', 'an order takes back what it knows of stock'],
  ['a commit gives the units back', 'what is committed is not given back'],
  ['a closed order keeps its stock', 'closed orders are approved'],
  // Poison leaves by one door or by the other.
  ['poison is thrown away', 'poison that could not be parked is thrown away'],
  // What the rule lets pass the consumer would park, and what the consumer takes the rule would keep back.
  ['consumers believe whoever says it', 'rules let each source say what others may say'],
  ['placing again replaces the order', 'an order is written over whatever is there'],
  // Nobody has anything to give back.
  ['returns are not paid back', 'returned goods are worth nothing'],
  ['an order is paid without its wallet', 'a refund misses its wallet'],
  // Both ways to a lost answer are gone.
  ['nobody asks the provider again', 'nobody reminds of debts'],
  // Too much is taken, and what was too much is not looked for.
  ['two tabs pay at once', 'money that came twice is kept'],
  ['money is taken before the order confirms', 'what is set aside for a closed order stays so'],
  ['a closed order keeps its money', 'a closed order owes nothing'],
  // Each would fail where the other one's condition holds.
  ['a wallet is written over whatever is there', 'a payment is written over whatever is there'],
  // What leaves twice comes back twice.
  ['a parcel leaves twice', 'a return is counted twice'],
  ['a cancelled parcel may leave', 'what has left goes back all the same'],
]
