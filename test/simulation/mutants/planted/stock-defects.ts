import { type Defect, defect } from './defect.ts'

/** Mistakes with odd names, with bounds, and with what cannot leave. */
export const stockDefects: readonly Defect[] = [
  defect(
    'a warehouse finds what every object has',
    'inventory/core/stock',
    'levels.get(warehouseId) ?? none',
    '(Object.fromEntries(levels) as Record<string, Counts>)[warehouseId] ?? none',
  ),
  defect(
    'an order is held from any number of warehouses',
    'inventory/core/sourcing',
    '&& warehousesOf(lines).size <= maxHeldWarehouses',
    '',
  ),
  defect(
    'what would be too scattered is called short',
    'inventory/core/sourcing',
    "{ picks: gathered } : { refusal: 'too_scattered' }",
    '{ picks: gathered } : { shortages: [] }',
  ),
  defect(
    'a sku that comes back unique keeps its units',
    'inventory/core/stock',
    'totalOnHand(stock) <= 1)',
    'totalOnHand(stock) <= 1_000_000)',
  ),
  defect(
    'cleared units are not in the ledger',
    'inventory/on/consume',
    'const outcome = await store.write(put, ...movements)',
    'const outcome = await store.write(put)',
  ),
  defect(
    'what will not leave goes back twice',
    'inventory/core/allocation-tasks',
    "return withdraws(work, job.warehouseId) || knows(work, { move: 'release' }) ||",
    'return',
  ),
  defect(
    'what will not leave goes back again with the rest',
    'inventory/core/allocation-tasks',
    'return lines.filter(({ 1: id }) => !left.includes(id) && !withdrawn.includes(id))',
    'return lines.filter(({ 1: id }) => !left.includes(id))',
  ),
  defect(
    'what will not leave stays allocated',
    'inventory/on/consume',
    "return { ...asked, move: 'withdraw', warehouseId }",
    "return { ...asked, move: 'commit' }",
  ),
  defect(
    'with one parcel the whole order goes back',
    'inventory/on/consume',
    "return { ...asked, move: 'withdraw', warehouseId }",
    "return { ...asked, move: 'release' }",
  ),
  defect(
    'what is not sent is not paid back',
    'orders/core/order',
    'withReturn(withFulfilment(order, event.fulfilment), event.shipmentId, event.value)',
    'withReturn(withFulfilment(order, event.fulfilment), event.shipmentId, 0)',
  ),
  defect(
    'an order of which nothing is sent stays open',
    'orders/core/order',
    'event.nothingSent && !isClosed(known.facts)',
    'false',
  ),
  defect(
    'an order ends with the first parcel that cannot leave',
    'shipping/core/shipping',
    "parcels.every(({ status }) => status === 'cancelled')",
    "parcels.some(({ status }) => status === 'cancelled')",
  ),
  defect(
    'nobody hears of a parcel that cannot leave',
    'shipping/core/shipping',
    "? 'shipment.withdrawn' : announcement[told.name]",
    '? undefined : announcement[told.name]',
  ),
  defect(
    'a parcel that could not leave may leave',
    'shipping/core/parcel',
    "{ status: 'cancelled', withdrawn: true }",
    '{ withdrawn: true }',
  ),
  defect(
    'a record that no event can be made of is thrown away',
    'runtime/relay',
    'await park(record, deps, String(error), name)',
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
  defect('levels are written whatever they are', 'inventory/store/inventory-items', 'checkLevels(stock)\n', '\n'),
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
