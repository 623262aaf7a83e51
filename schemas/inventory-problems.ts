import { kind } from './problem-kind.ts'

/** Of inventory. */
export const inventoryProblems = {
  warehouse_not_found: kind(404, 'There is no such warehouse', 'Take an id of `GET /warehouses`.'),
  warehouse_exists: kind(409, 'There is a warehouse whose id this name makes', 'Choose another name.'),
  unknown_warehouse: kind(422, 'A field names a warehouse that is not there', 'Take an id of `GET /warehouses`.'),
  insufficient_stock: kind(409, 'There are fewer units than asked for', 'Ask for less, or wait for more stock.'),
  level_changed: kind(
    409,
    'There are not as many units on hand as the request expects',
    'Count again, or send what is there as `expected`.',
  ),
  unique_exceeded: kind(409, 'The product is unique: one unit of it can be on hand', 'Correct the count.'),
  too_many_units: kind(409, 'The warehouse would hold too many units of the product', 'Put in fewer.'),
  too_many_levels: kind(409, 'The product has units in as many warehouses as it can', 'Use one of those.'),
  count_not_found: kind(404, 'There is no such count', 'Take an id of `GET /counts`.'),
  count_line_not_found: kind(404, 'The sheet has no such line', 'Make a sheet that has the product.'),
  count_closed: kind(409, 'The count is posted or cancelled', 'Make a new sheet: `POST /counts`.'),
  address_dispatched: kind(
    409,
    'A parcel of the order has left for its address',
    'Ask the carrier to send it elsewhere, or have it come back.',
  ),
  inbound_not_found: kind(404, 'There is no such inbound', 'Take an id of `GET /inventory/{sku}/inbound`.'),
  inbound_over: kind(409, 'Nothing more is expected of the inbound', 'Read it: `GET /inbound/{id}`.'),
  below_received: kind(409, 'More has come of the inbound already', 'Expect at least what has come.'),
  delivery_differs: kind(
    409,
    'More or less comes than is expected, and no reason is given',
    'Count again, or send the `reason` with the same quantities.',
  ),
  transfer_not_found: kind(404, 'There is no such transfer', 'Take an id of `GET /transfers`.'),
  transfer_over: kind(409, 'Nothing of the transfer is in transit', 'Read it: `GET /transfers/{id}`.'),
  transfer_exceeded: kind(409, 'More comes than is in transit', 'Count again, and receive at most what was sent.'),
  too_many_supplies: kind(
    409,
    'As many inbounds and transfers of the product are open as can be',
    'Receive, cancel or recall some: `GET /inventory/{sku}/inbound`, `GET /transfers`.',
  ),
  unknown_sku: kind(422, 'Some lines name products that are not there', 'Remove the lines that `errors` names.'),
  too_scattered: kind(409, 'The units lie in too many warehouses', 'Ask for less, or move stock together.'),
  reservation_not_found: kind(404, 'There is no such reservation', 'Check the id.'),
  reservation_of_order: kind(409, 'An order decides about the reservation', 'Cancel or approve that order.'),
  reservation_ended: kind(409, 'The reservation holds nothing any more', 'Make a new one: `POST /reservations`.'),
  reservation_not_held: kind(
    409,
    'The reservation is not held, or its time is over',
    'Read it: its status names what became of it.',
  ),
  reservation_not_committed: kind(
    409,
    'The reservation is held, and nothing of it is allocated',
    'Commit it first: `POST /reservations/{id}/commit`.',
  ),
  reservation_exceeded: kind(
    409,
    'It is more than is left of the reservation',
    'Let at most what is left go: `GET /reservations/{id}`.',
  ),
  too_many_departures: kind(
    409,
    'The reservation has left in as many parts as it can',
    'Let all that is left go at once, without `lines`.',
  ),
  hold_shorter: kind(
    409,
    'The hold would end sooner than it does',
    'Name a later time, or release it: `POST /reservations/{id}/release`.',
  ),
}
