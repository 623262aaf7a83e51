import { type Defect, defect } from './defect.ts'

/** Mistakes in how orders wait for stock. */
export const waitingDefects: readonly Defect[] = [
  defect('later orders stand before earlier ones', 'inventory/core/waiting', 'waiting-order', [
    /\w+\.placedAt < \w+\.placedAt/,
    '!($&)',
  ]),
  defect('what is waited for no more stays due', 'inventory/core/waiting', 'waiting-units', [/-waiter/, '0 * waiter']),
  defect('a product that goes may be waited for', 'inventory/core/waiting', 'waiting-retired', [
    /!\w+\.retired/,
    'true',
  ]),
  defect('a cap of zero is none', 'inventory/core/waiting', 'waiting-cap', [/\?\?/, '||']),
  defect('caps are not kept', 'inventory/core/waiting', 'waiting-cap', [/\?\? Infinity/, '&& Infinity']),
  defect('nobody hears of units that came', 'inventory/core/waiting', 'waiting-awaited', { value: 'false' }),
  defect('orders that join hide what has come back', 'inventory/core/waiting', 'waiting-awaited', [/ \+ joined/, '']),
  defect('an order that joins before others is not tried', 'inventory/core/joining', 'waiting-before', { value: '[]' }),
  defect('a long queue is always tried from its front', 'inventory/on/awaited', 'queue-place', [/, triedTo/, '']),
  defect('new orders take what is due to waiting ones', 'inventory/core/stock', 'units-due', {
    value: 'sum.available',
  }),
  defect('a closed order is filled', 'inventory/core/reservation', 'fill-waiting', [
    /status === 'waiting'/,
    "status === 'waiting' || status === 'released'",
  ]),
  defect('every product may be waited for', 'inventory/core/reservation-step', 'waiting-allowed', [/ \|\| !\w+/, '']),
  defect('waiting orders take what is due to earlier ones', 'inventory/core/decide-batch', 'due-before', {
    value: '() => 0',
  }),
  defect('a closed order keeps its place', 'inventory/core/decide-batch', 'queue-change', [
    /wanted/,
    "(after.status === 'released' ? [] : wanted)",
  ]),
  defect('an order is confirmed before its stock came', 'orders/core/pending', 'pending-backordered', 'drop'),
  defect('an order that waited is charged once it has closed', 'payments/on/order', 'waited-closing', [
    /\['requested'/,
    "['requested', 'backordered'",
  ]),
  defect('orders wait for ever', 'orders/core/hold', 'wait-end', 'drop'),
]
