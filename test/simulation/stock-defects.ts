import { type Defect, defect } from './defect.ts'

/** Mistakes with odd names, with bounds, and with what cannot leave. */
export const stockDefects: readonly Defect[] = [
  defect(
    'a warehouse finds what every object has',
    'inventory/stock',
    'levels.get(warehouseId) ?? none',
    '(Object.fromEntries(levels) as Record<string, Counts>)[warehouseId] ?? none',
  ),
  defect(
    'an order is held from any number of warehouses',
    'inventory/sourcing',
    '&& warehousesOf(lines).size <= maxHeldWarehouses',
    '',
  ),
  defect(
    'what would be too scattered is called short',
    'inventory/sourcing',
    "{ picks: gathered } : { refusal: 'too_scattered' }",
    '{ picks: gathered } : { shortages: [] }',
  ),
  defect(
    'a sku that comes back unique keeps its units',
    'inventory/stock',
    'totalOnHand(stock) <= 1)',
    'totalOnHand(stock) <= 1_000_000)',
  ),
  defect(
    'cleared units are not in the ledger',
    'inventory/consume',
    'const outcome = await store.write(put, ...movements)',
    'const outcome = await store.write(put)',
  ),
  defect(
    'what will not leave goes back twice',
    'inventory/jobs',
    "return withdraws(work, job.warehouseId) || knows(work, { move: 'release' }) ||",
    'return',
  ),
  defect(
    'what will not leave goes back again with the rest',
    'inventory/jobs',
    'return lines.filter(({ 1: id }) => !left.includes(id) && !withdrawn.includes(id))',
    'return lines.filter(({ 1: id }) => !left.includes(id))',
  ),
  defect(
    'what will not leave stays allocated',
    'inventory/consume',
    "return { ...asked, move: 'withdraw', warehouseId }",
    "return { ...asked, move: 'commit' }",
  ),
  defect(
    'with one parcel the whole order goes back',
    'inventory/consume',
    "return { ...asked, move: 'withdraw', warehouseId }",
    "return { ...asked, move: 'release' }",
  ),
  defect(
    'what is not sent is not paid back',
    'orders/order',
    'withReturn(withFulfilment(order, event.fulfilment), event.shipmentId, event.value)',
    'withReturn(withFulfilment(order, event.fulfilment), event.shipmentId, 0)',
  ),
  defect(
    'an order of which nothing is sent stays open',
    'orders/order',
    'event.nothingSent && !isClosed(known.facts)',
    'false',
  ),
  defect(
    'an order ends with the first parcel that cannot leave',
    'shipping/shipping',
    "parcels.every(({ status }) => status === 'cancelled')",
    "parcels.some(({ status }) => status === 'cancelled')",
  ),
  defect(
    'nobody hears of a parcel that cannot leave',
    'shipping/shipping',
    "? 'shipment.withdrawn' : announcement[told.name]",
    '? undefined : announcement[told.name]',
  ),
  defect(
    'a parcel that could not leave may leave',
    'shipping/parcel',
    "{ status: 'cancelled', withdrawn: true }",
    '{ withdrawn: true }',
  ),
  defect(
    'a record that no event can be made of is thrown away',
    'runtime/relay',
    'await park(record, parts, String(error), name)',
    '',
  ),
  defect(
    'a record that no event can be made of is tried for ever',
    'runtime/relay',
    'if (error instanceof StoreUnavailable) throw error',
    'throw error',
  ),
]

/** Mistakes that another part of the code makes good: planted in pairs only. */
export const hiddenDefects: readonly Defect[] = [
  defect('levels are written whatever they are', 'inventory/inventory.store', 'checkLevels(stock)\n', '\n'),
  defect(
    'an event of any size is put',
    'runtime/relay',
    'if (bytes > maxCallBytes)',
    'if (bytes > 100 * maxCallBytes)',
  ),
  defect(
    'a call that is refused as a whole is made again for ever',
    'runtime/bus.eventbridge',
    'if (!isInvalid(error)) throw error',
    'throw error',
  ),
]
