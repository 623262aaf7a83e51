import { type Defect, defect, unconditional } from './defect.ts'

/** Mistakes with products, stock and holds. */
export const inventoryDefects: readonly Defect[] = [
  defect('stock is written over whatever is there', 'inventory/store/stock-item', 'stock-write', unconditional),
  defect(
    'a reservation is written over whatever is there',
    'inventory/store/reservation-item',
    'reservation-write',
    unconditional,
  ),
  defect('moved units stay where they were', 'inventory/core/stock', 'units-taken', [/ - \w+/, '']),
  defect('moved units do not arrive', 'inventory/core/stock', 'units-put', [/ \+ \w+/, '']),
  defect('moved units arrive in every warehouse', 'inventory/core/stock', 'units-level', {
    code: `for (const id of new Set([...levels.keys(), warehouseId])) {
const there = id === warehouseId ? put : countsOf({ levels }, id)
levels = withLevel(levels, id, id === warehouseId || to === 'outside' ? there : { ...there, [to]: there[to] + units })
}`,
  }),
  defect('orders of one delivery do not see what the others took', 'inventory/core/decide-batch', 'batch-stock', [
    /\w+\.get\(\w+\) \?\? /,
    '',
  ]),
  defect('what lost a race is written all the same', 'inventory/store/item-cache', 'batch-write', [
    /(const \w+) = (await .+)\(\.\.\.(\w+)\)/,
    "const tried = $2(...$3)\n$1 = tried.ok ? tried : $2(...$3.map((write) => ({ ...write, if: 'any' })))",
  ]),
  defect('adjustments may go below zero', 'inventory/core/stock', 'adjustment-short', [/< 0/, '< -1_000_000']),
  defect('a unique product may be two', 'inventory/core/stock', 'adjustment-unique', [/> 0/, '> 1_000_000']),
  defect('stock of a retired product can be reserved', 'inventory/core/stock', 'retired-stock', [
    /\|\| \w+\.retired /,
    '',
  ]),
  defect('a product with reserved units can be retired', 'inventory/core/stock', 'retirement', [/\w+ === 0 && /, '']),
  defect('old news of products replaces new', 'inventory/core/product-snapshot', 'product-version', 'drop'),
  defect('a step hold is not undone when a later line is short', 'inventory/core/reservation-step', 'step-hold-short', [
    /===/,
    '>=',
  ]),
  defect('what is committed is not given back', 'inventory/core/reservation', 'committed-release', [
    /!\w+/,
    'left.length === 0',
  ]),
  defect('what is released is released again', 'inventory/core/allocation-tasks', 'released-twice', [
    /\w+ === true \|\|\s+/,
    '',
  ]),
  defect('a release needs a reservation', 'inventory/core/reservation', 'tombstone', 'never'),
  defect('a release names the event, not the order', 'inventory/on/requests', 'request-id', [
    /id: orderId/,
    "id: requested.move === 'close' ? cause : orderId",
  ]),
  defect('a hold is committed after its time', 'inventory/routes/reservations', 'hold-over', { value: 'false' }),
  defect('a release takes from the wrong bucket', 'inventory/core/reservation', 'release-bucket', [
    /'allocated'/,
    "'reserved'",
  ]),
  defect('a commit gives the units back', 'inventory/core/reservation-step', 'commit-bucket', [
    /'allocated'/,
    "'available'",
  ]),
  defect('steps are counted by skus, not by lines', 'inventory/core/reservation-step', 'step-count', [
    /lines\.length/,
    'skus.size',
  ]),
  defect('holds expire before their time', 'inventory/core/reservation', 'hold-expiry', [/ && \w+ <= \w+/, '']),
  defect('nobody looks after holds without an order', 'inventory/store/reservation-item', 'hold-due', [
    /\? .* :/,
    '||',
  ]),
  defect('a step left half-way is not resumed', 'inventory/store/reservation-item', 'hold-due', {
    test: "orderId !== undefined || status !== 'held'",
  }),
  defect('a confirmed order gives its stock back', 'inventory/on/order', 'commit-request', [/'commit'/, "'release'"]),
  defect('a closed order keeps its stock', 'inventory/on/order', 'close-request', [/'close'/, "'commit'"]),
  defect('inventory acknowledges products that it could not keep', 'inventory/on/requests', 'product-failure', {
    value: '(await products(ofProducts), [])',
  }),
  defect('a sku on its way is unknown', 'inventory/routes/stock', 'stock-arrival', { value: 'await read()' }),
  defect('a hold does not wait for a sku on its way', 'inventory/routes/reservations', 'hold-arrival', {
    value: 'new Arrivals({ ...clock, now: () => Infinity })',
  }),
  defect('a product is answered before its stock is there', 'catalog/routes/until-stocked', 'stock-wait', {
    value: '0',
  }),
  defect('a hold is answered to whoever has its key', 'inventory/core/reservation', 'hold-key', 'never'),
  defect('the end of a product ends its next life', 'catalog/core/product', 'product-life', [
    /<= (\w+)/,
    '<= $1 + 1_000',
  ]),
  defect('a release of what has left is not answered', 'inventory/core/reservation', 'shipped-answer', {
    value: 'false',
  }),
  defect('a cancellation frees what a parcel may have taken', 'inventory/core/reservation', 'close-held', [
    /undefined/,
    "allocate(current, [], { move: 'release' })",
  ]),
  defect('a parcel leaves twice', 'inventory/core/allocation-tasks', 'shipped-once', [
    /\w+\.includes\(\w+\) \|\| /,
    '',
  ]),
  defect('a return is counted twice', 'inventory/core/allocation-tasks', 'returned-once', [
    /\w+\.includes\([\w.]+\) \|\|\s+/,
    '',
  ]),
  defect('what has left goes back all the same', 'inventory/core/allocation-tasks', 'still-there', [
    /\w+\.includes\(\w+\) && !/,
    '',
  ]),
  defect('a warehouse finds what every object has', 'inventory/core/stock', 'level-of', [
    /(\w+)\.get\((\w+)\)/,
    'Object.fromEntries($1)[$2]',
  ]),
  defect('an order is held from any number of warehouses', 'inventory/core/sourcing', 'bounds', [/ && .*/, '']),
  defect('what would be too scattered is called short', 'inventory/core/sourcing', 'scattered', [
    /refusal: 'too_scattered'/,
    'shortages: []',
  ]),
  defect('a sku that comes back unique keeps its units', 'inventory/core/product-snapshot', 'unique-again', [
    /<= 1\b/,
    '<= 1_000_000',
  ]),
  defect('cleared units are not in the ledger', 'inventory/on/product', 'cleared-ledger', [/, \.\.\.\w+/, '']),
  defect('what will not leave goes back twice', 'inventory/core/allocation-tasks', 'withdrawn-once', [
    /[^]* \|\|\s+/,
    '',
  ]),
  defect('what will not leave goes back again with the rest', 'inventory/core/allocation-tasks', 'still-there', [
    / && !\w+\.includes\(\w+\)/,
    '',
  ]),
  defect('what will not leave stays allocated', 'inventory/on/shipment', 'withdraw-request', [
    /'withdraw',\s+\w+/,
    "'commit'",
  ]),
  defect('with one parcel the whole order goes back', 'inventory/on/shipment', 'withdraw-request', [
    /'withdraw',\s+\w+/,
    "'release'",
  ]),
]
