import { type Defect, defect, overwritten } from './defect.ts'

/** Mistakes with what is on its way into warehouses. */
export const supplyDefects: readonly Defect[] = [
  defect('an inbound is written over whatever is there', 'inventory/store/supply-item', 'inbound-write', overwritten),
  defect('a transfer is written over whatever is there', 'inventory/store/supply-item', 'transfer-write', overwritten),
  defect('what has come is still expected', 'inventory/core/inbound', 'still-expected', [/ - \(\w+ \? .*\)(?=\))/, '']),
  defect('what is over is received all the same', 'inventory/core/inbound', 'inbound-over', 'drop'),
  defect('refused units are not counted', 'inventory/core/inbound', 'inbound-count', [/ \+ refused/, '']),
  defect('refused units stay expected', 'inventory/core/inbound', 'refused-came', [/ \+ refused/, '']),
  defect('any delivery is taken without a reason', 'inventory/core/inbound', 'delivery-reason', 'never'),
  defect('less is expected than has come', 'inventory/core/inbound', 'below-received', 'never'),
  defect('what is over is cancelled all the same', 'inventory/core/inbound', 'inbound-cancelled', 'drop'),
  defect('what comes is in no ledger', 'inventory/routes/inbound', 'receipt-movement', [/\? \[\w+\]/, '? []']),
  defect('a cancelled inbound stays in the list', 'inventory/store/supply-item', 'entry-gone', { value: '[]' }),
  defect('what has arrived is still in transit', 'inventory/core/transfer', 'still-in-transit', [
    / - \(\w+ \? .*\)(?=\))/,
    '',
  ]),
  defect('units in transit stay where they were', 'inventory/core/transfer', 'transit-taken', { value: '{ stock }' }),
  defect('more arrives than was sent', 'inventory/core/transfer', 'transfer-exceeded', 'never'),
  defect('a transfer is never over', 'inventory/core/transfer', 'transfer-status', { value: "'in_transit'" }),
  defect('what arrives is not counted', 'inventory/core/transfer', 'transit-count', [/ \+ quantity/, '']),
  defect('missing units stay in transit', 'inventory/core/transfer', 'missing-count', [/ \+ missing/, '']),
  defect('a recall sends back what has arrived', 'inventory/core/transfer', 'recalled', { value: 'transfer.quantity' }),
  defect('nobody estimates anew when the supply changes', 'inventory/store/stock-item', 'supply-expected', [
    /\? ofExpected\(stock\)/,
    '? []',
  ]),
  defect('an older estimate replaces a newer one', 'orders/core/evolve', 'estimate-newest', 'drop'),
  defect('each estimate has the number of the first', 'inventory/core/estimate', 'estimate-number', [/ \+ 1/, '']),
  defect('missing units are written off nowhere', 'inventory/core/transfer', 'missing-move', [/, \.\.\.lost/, '']),
]
