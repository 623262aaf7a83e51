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
  defect('reservations stand in no list', 'inventory/store/reservation-item', 'reservation-list', 'always'),
  defect('a warehouse does not know its new levels', 'inventory/store/stock-item', 'new-level', 'drop'),
  defect('what is low stands in no list', 'inventory/store/stock-item', 'low-list', [/lowSince\(.*?\)/, '{}']),
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
  defect('rows of one sku do not see those before them', 'inventory/core/adjustment-rows', 'rows-in-order', 'drop'),
  defect('rows that belong together are done apart', 'inventory/core/adjustment-rows', 'rows-together', 'always'),
  defect('a row forgets its key', 'inventory/routes/adjustment-writes', 'row-record', [/, \{.*\}(?=\])/, '']),
  defect(
    'a row that loses the race for its key is done again',
    'inventory/routes/adjustment-writes',
    'row-record',
    unconditional,
  ),
  defect('the key of a row takes any row', 'inventory/routes/adjustment-writes', 'row-hash', [
    /first\[.*/,
    'hash === undefined',
  ]),
  defect('rows of a file have the key of their import', 'inventory/on/upload', 'file-row-key', [
    /\/\$\{each\.row\}/,
    '',
  ]),
  defect('rows of files have keys of their number', 'inventory/on/upload', 'file-row-key', [/\$\{item\.pk\}\//, '']),
  defect('a row of a file that got no answer is passed over', 'inventory/on/upload', 'file-row-away', 'never'),
  defect('two readers have a file at once', 'runtime/import-state', 'import-reader', 'never'),
  defect('what was counted is added to what is there', 'inventory/core/count', 'count-difference', [/ - \w+$/m, '']),
  defect('a sheet is changed while it is posted', 'inventory/store/count-item', 'count-fixed', 'drop'),
  defect('a sheet is posted as often as it is asked for', 'inventory/routes/counts', 'count-once', [
    /sheet\.id/,
    'requestId',
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
  defect('what is released is released again', 'inventory/core/departure', 'released-twice', [/\w+ \|\| /, '']),
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
  defect('inventory acknowledges products that it could not keep', 'inventory/on/requests', 'product-failure', [
    /failures\.push\(\.{3}\((.*)\)\)/,
    '$1',
  ]),
  defect('a sku on its way is unknown', 'inventory/routes/known-stock', 'stock-arrival', { value: 'await read()' }),
  defect('a hold does not wait for a sku on its way', 'inventory/routes/reservations', 'hold-arrival', {
    value: 'new Arrivals({ ...clock, now: () => Infinity })',
  }),
  defect('a product is answered before its stock is there', 'catalog/routes/until-stocked', 'stock-wait', {
    value: '0',
  }),
  defect('a price is answered before orders know it', 'catalog/routes/until-priced', 'price-wait', { value: '0' }),
  defect('a product is deleted before the catalogue has ended it', 'inventory/routes/until-deleted', 'deletion-wait', {
    value: '0',
  }),
  defect('a renamed product stays under its old words', 'runtime/word-lists', 'words-left', [/before\./, 'now.']),
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
  defect('what would be too scattered is held all the same', 'inventory/core/sourcing', 'scattered', [
    / && isWithinBounds\(\w+, \w+\)/,
    '',
  ]),
  defect('an order ships from warehouses that it does not name', 'inventory/core/sourcing', 'ship-from', [
    /= .* \? sites : .*/,
    '= sites',
  ]),
  defect('the warehouses that an order names are lost on the way', 'inventory/on/order', 'hold-route', [
    /\.\.\.routed\(.*\)/,
    '...{}',
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
  defect('what is kept back is sold', 'inventory/core/level', 'kept-back', [/ - \w+/, '']),
  defect('a mark emits its event at each sale', 'inventory/core/level', 'crossed-once', 'never'),
  defect('the mark of a warehouse is passed before it is reached', 'inventory/core/level', 'low-in-warehouse', [
    /<= (\S+lowStockAt)/,
    '< $1',
  ]),
  defect('what waits for a check is written off as damaged', 'inventory/core/stock', 'unavailable-kind', [
    /\w+\[\w+\]/,
    'counts.unavailable',
  ]),
  defect('more is set aside than there is', 'inventory/core/stock', 'unavailable-short', 'never'),
  defect('what is written off is for sale again', 'inventory/core/stock', 'written-off', [
    /\w+ === 'writeOff' \? 0 : /,
    '',
  ]),
  defect('a change of a level is not in the ledger', 'inventory/store/stock-item', 'moves-kept', [
    /\.\.\.pending/,
    '...pending.slice(1)',
  ]),
  defect('movements leave the stock item for nowhere', 'inventory/store/stock-item', 'moves-page', 'never'),
  defect('the ledger shows movements twice', 'inventory/store/ledger', 'ledger-place', 'never'),
  defect('the ledger counts the levels before in the wrong direction', 'inventory/store/ledger', 'ledger-after', [
    /, -1/,
    ', 1',
  ]),
  defect('a movement names the event, not the order', 'inventory/core/decide-batch', 'move-reference', [
    /reservation\.id/,
    'request.cause',
  ]),
  defect('cancelled units are not given back', 'inventory/on/shipment', 'reduce-request', {
    code: "export const reduce = () => ({ move: 'reduce' as const, reductionId: 'none', lines: [] })",
  }),
  defect(
    'a parcel that left before leaves with what was cancelled',
    'inventory/core/allocation-tasks',
    'reduced-late',
    'always',
  ),
  defect('cancelled units go back twice', 'inventory/core/allocation-tasks', 'reduced-once', [/isDone\(.*\) \|\|/, '']),
  defect('parts of an order leave as often as they are reported', 'inventory/core/departure', 'parts-once', [
    / - \(.*\)(?=, 0)/,
    '',
  ]),
  defect('what leaves in parts stays allocated', 'inventory/on/shipment', 'part-request', [
    /lines: \w+\(left, \w+\)/,
    'lines: []',
  ]),
  defect('units that come back take all others along', 'inventory/core/reservation', 'part-returned', [
    /request\.sent \? \[\] : /,
    '',
  ]),
  defect('what has left in parts goes back with the rest', 'inventory/core/reservation', 'sent-before', [
    /sent\.length > 0/,
    'false',
  ]),
]
