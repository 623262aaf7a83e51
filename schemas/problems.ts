import { inventoryProblems } from './inventory-problems.ts'
import { type ProblemKind, kind } from './problem-kind.ts'
import { shippingProblems } from './shipping-problems.ts'

/** Every code that an answer can carry. A code never changes its meaning or its status; new ones may come. */
export const problems = {
  // Of any route.
  validation_failed: kind(400, 'Fields of the request are invalid', 'Correct the fields that `errors` names.'),
  invalid_json: kind(400, 'The body is not JSON', 'Send a JSON text (RFC 8259).'),
  invalid_encoding: kind(
    400,
    'The body is not text in the charset that it declares',
    'Send UTF-8; a file may be in another charset, which its Content-Type names.',
  ),
  unsupported_media_type: kind(415, 'The route does not take this media type', 'Send one that `detail` names.'),
  unsupported_charset: kind(415, 'The charset is unknown, or not one for this media type', 'Send UTF-8.'),
  body_too_large: kind(413, 'The body is larger than 1 MB', 'Send less; an import in several files.'),
  unauthenticated: kind(
    401,
    'There is no good access token',
    'Sign in with `POST /sessions`, and send its `accessToken` as `Authorization: Bearer`, or an API key that is good.',
  ),
  forbidden: kind(
    403,
    'The token lacks the scope of the route',
    'Sign in as somebody who has the scope that `detail` names.',
  ),
  not_for_keys: kind(
    403,
    'The route is for people: an API key has nothing of its own',
    'Sign in as the user whose it is, or take a route that names a scope.',
  ),
  route_not_found: kind(404, 'There is no such route', 'Take a path and method of `GET /openapi.json`.'),
  problem_not_found: kind(404, 'There is no such problem code', 'Take a code of a problem.'),
  invalid_cursor: kind(
    400,
    'The cursor is not one of this list',
    'Take the cursor of the last page, with the same filters; or begin without one.',
  ),
  idempotency_key_required: kind(
    400,
    'The request has no Idempotency-Key',
    'Send a key that is new for each intent, and the same when the request is repeated.',
  ),
  idempotency_key_invalid: kind(400, 'The Idempotency-Key is too long', 'Send 1 to 255 characters.'),
  idempotency_key_reused: kind(
    422,
    'The Idempotency-Key came with another request before',
    'Take a new key for a new intent.',
  ),
  version_mismatch: kind(412, 'It has changed since it was read', 'Read it again, and change what is there now.'),
  contended: kind(
    503,
    'Other writers were first, again and again',
    'Send the same request again after `Retry-After`, with the same Idempotency-Key.',
  ),
  unavailable: kind(
    503,
    'What the route needs does not answer',
    'Send the same request again after `Retry-After`, with the same Idempotency-Key.',
  ),
  not_ready: kind(503, 'Services are behind', 'Read the runbook of the queue or sweep that `detail` names.'),
  internal_error: kind(
    500,
    'Something failed inside',
    'Send the same request again, with the same Idempotency-Key; the logs have its `requestId`.',
  ),

  // Of users.
  wrong_credentials: kind(
    401,
    'The email and password, or the refresh token, are not right',
    'Sign in with the right ones: `POST /sessions`.',
  ),
  wrong_password: kind(403, 'The current password is not right', 'Send the password that signs in now.'),
  invalid_code: kind(
    422,
    'The code is wrong, too old, used, or was tried too often',
    'Send the code of the newest mail, or ask for another one.',
  ),
  email_unverified: kind(
    403,
    'The address of the account is not proven yet',
    'Send the mailed code: `POST /users/me/email/verify`; `POST /users/me/email` mails another one.',
  ),
  user_disabled: kind(403, 'The account is disabled', 'Ask those who run the shop.'),
  session_not_found: kind(404, 'There is no such session', 'List the sessions with `GET /users/me/sessions`.'),
  key_not_found: kind(404, 'There is no such API key', 'List the keys with `GET /api-keys`.'),
  key_ended: kind(409, 'The API key is revoked or has expired', 'Make another one: `POST /api-keys`.'),
  rights_exceeded: kind(
    403,
    'The user, the role or the key has more rights than the caller',
    'Ask somebody who has these rights.',
  ),
  last_owner: kind(409, 'The user is the last owner', 'Make somebody else an owner first.'),
  registration_unfinished: kind(
    403,
    'The registration of this account stopped half-way',
    'Register again with the same email and password: `POST /users`.',
  ),
  email_taken: kind(409, 'There is an account with this email', 'Sign in, or register with another email.'),
  too_many_requests: kind(429, 'Too many requests at once', 'Send the request again after `Retry-After`.'),
  orders_open: kind(409, 'Orders are still open', 'Cancel them, or wait until their parcels have left: `GET /orders`.'),
  refunds_due: kind(409, 'Money of orders is still to go back', 'Wait for it: `GET /orders/{id}/payments`.'),
  wallet_not_empty: kind(
    409,
    'There is money in the wallet',
    'Spend it, or let an operator pay it out: `POST /users/{id}/wallet/corrections`.',
  ),
  account_leaving: kind(
    409,
    'The account is to be erased: it orders nothing, and takes no deposit',
    'Keep it first: `DELETE /users/me/erasure`, or `DELETE /users/{id}/erasure`.',
  ),
  user_not_found: kind(404, 'There is no such user', 'Check the id; a first sign-in makes the profile.'),
  address_not_found: kind(404, 'The user has no such address', 'Take an id of `GET /users/me/addresses`.'),
  too_many_addresses: kind(422, 'The user has as many addresses as can be kept', 'Remove one first.'),
  too_many_preferences: kind(422, 'The user would have too many preferences', 'Remove some: set them to null.'),

  // Of catalog.
  product_not_found: kind(404, 'There is no such product', 'Check the sku: `GET /products`.'),
  photo_not_found: kind(404, 'There is no such photo', 'Take an id of `GET /products/{sku}/photos`.'),
  photo_being_replaced: kind(
    409,
    'Another photo is on its way to the place of this one',
    'Send its file, or delete it first: `GET /products/{sku}/photos`.',
  ),
  too_many_photos: kind(409, 'The product has as many photos as it can', 'Delete one first, or replace one.'),
  product_exists: kind(409, 'There is a product with this sku', 'Change that one: `PATCH /products/{sku}`.'),
  product_reserved: kind(
    409,
    'Units of the product are reserved or allocated',
    'Release or ship them, then delete the product.',
  ),
  too_many_metadata_keys: kind(422, 'It would have too many keys of metadata', 'Remove some: set them to null.'),
  filter_combination: kind(
    400,
    'These filters do not go together',
    'Leave all but one of those out that `errors` names.',
  ),
  updates_not_listed: kind(
    404,
    'The stage lists no orders by their changes',
    'Set `orderLists` of the stage to `all`, or follow the feed: `GET /events`.',
  ),
  too_many_attributes: kind(422, 'The product would have too many attributes', 'Remove some: set them to null.'),
  category_not_found: kind(404, 'There is no such category', 'Take an id of `GET /categories`.'),
  category_in_use: kind(409, 'Products or categories stand in the category', 'Move them elsewhere first.'),
  category_cycle: kind(422, 'The category would stand in itself', 'Choose a parent that does not stand in it.'),
  category_too_deep: kind(422, 'Categories would stand too deep in each other', 'Choose a parent further up.'),
  unknown_category: kind(422, 'A field names a category that is not there', 'Take an id of `GET /categories`.'),
  import_not_found: kind(404, 'There is no such import', 'Take an id of `GET /imports` or `GET /stock-imports`.'),
  import_over: kind(409, 'The import is over', 'Read its state: `GET /imports/{id}` or `GET /stock-imports/{id}`.'),
  too_many_rows: kind(422, 'The file has too many rows', 'Cut it into several imports.'),
  too_many_columns: kind(400, 'The file has too many columns', 'Leave out those that are not of a product.'),
  unknown_columns: kind(400, 'The header names columns that products do not have', 'Take those that `detail` lists.'),
  invalid_csv: kind(400, 'The file is not CSV', 'Send CSV as RFC 4180 has it: close every quote.'),

  ...inventoryProblems,
  // Of orders.
  order_not_found: kind(404, 'There is no such order, or it is of another customer', 'Check the id: `GET /orders`.'),
  order_closed: kind(
    409,
    'The order is closed, on its way, or its hold is over',
    'Read it: its status and reason name what happened.',
  ),
  cursor_expired: kind(
    410,
    'The events behind the cursor are kept no longer',
    'Begin without a cursor, from the oldest event kept; take what was missed from the lists.',
  ),
  feed_off: kind(
    404,
    'This stage keeps no feed',
    'Ask those who run the shop: `feedDays` of the stage switches it on.',
  ),
  notification_not_found: kind(404, 'The inbox has no such message', 'Take an id of `GET /notifications`.'),
  webhook_not_found: kind(404, 'There is no such webhook', 'Take an id of `GET /webhooks`.'),
  webhook_off: kind(
    409,
    'The webhook is paused or off',
    'Switch it on: `PATCH /webhooks/{id}` with `active`; then nothing is in the way.',
  ),
  too_many_webhooks: kind(409, 'There are as many webhooks as there can be', 'Delete one first.'),
  delivery_not_found: kind(
    404,
    'The webhook has no such delivery, or it is older than 30 days',
    'Take an id of `GET /webhooks/{id}/deliveries`.',
  ),
  line_not_found: kind(404, 'The order has no such line', 'Take a sku of its lines: `GET /orders/{id}`.'),
  line_cancelled: kind(409, 'Nothing of the line is left: it is cancelled', 'Nothing is left to do.'),
  line_dispatched: kind(
    409,
    'Units of the line are on their way',
    'Cancel at most what has not left; what has comes back by `POST /shipments/{id}/return`.',
  ),
  line_exceeded: kind(409, 'It is more than is left of the line', 'Cancel at most what the order still has of it.'),
  too_many_cancellations: kind(
    409,
    'Units of the order were cancelled as many times as they can be',
    'Cancel the order whole, or ask an operator to refund what is not wanted. Next time cancel more units at a time.',
  ),
  line_not_confirmed: kind(
    409,
    'The order is not confirmed yet, and its lines are decided as one',
    'Cancel the order and place another one, or wait until it is confirmed.',
  ),
  no_guest: kind(
    409,
    'The order names no guest',
    'Write to its customer: only an order that was placed with `guest` has a link.',
  ),
  payment_not_manual: kind(409, 'The order is not paid by hand', 'Wait for its payment.'),
  product_inactive: kind(422, 'Some products cannot be ordered now', 'Remove the lines that `errors` names.'),
  currency_mismatch: kind(422, 'The amounts are in different currencies', 'Keep to the currency that is there.'),
  total_too_large: kind(422, 'The total is too large', 'Order less, or in several orders.'),
  customer_not_allowed: kind(403, 'Only operators act for other customers', 'Leave `customerId` out.'),
  customer_required: kind(
    422,
    'An API key is no customer',
    'Name in `customerId` the user whom the order is for, or `guest`.',
  ),
  hold_too_long: kind(422, 'Stock would be held for longer than it may be', 'Ask for less, as `detail` names it.'),
  payment_method_not_offered: kind(422, 'Customers cannot choose this way to pay', 'Pay by card or from the wallet.'),
  price_changed: kind(
    409,
    'The order would cost something else than the buyer was shown',
    'Show `total`, then place it again with that as `expectedTotal` and a new Idempotency-Key.',
  ),
  too_many_holds: kind(
    409,
    'Too much is held without being paid',
    'Pay or cancel an order that `detail` names (`GET /orders?status=reserved`), or ask an operator for a higher limit.',
  ),
  reservation_not_allowed: kind(
    403,
    'Only operators and API keys that may change reservations take holds over',
    'Leave `reservationId` out, and name `lines`.',
  ),
  unknown_reservation: kind(
    422,
    'A field names a reservation that is not there',
    'Take the id that `POST /reservations` has answered.',
  ),
  reservation_of_another: kind(
    409,
    'A key takes over only what it holds itself',
    'Name a hold of this key, or let an operator take it over.',
  ),
  unknown_customer: kind(422, 'There is no user with this id', 'Take the id of a user, or `guest`.'),

  // Of payments.
  payment_manual: kind(409, 'The order waits for the approval of an operator', 'Wait: `POST /orders/{id}/approve`.'),
  payment_in_flight: kind(
    409,
    'A payment of the order is under way',
    'Wait for its outcome: `GET /orders/{id}/payments`.',
  ),
  already_paid: kind(409, 'The order is paid', 'Nothing is left to do.'),
  payment_on_hold: kind(
    409,
    'The payment is on hold until an operator resumes it',
    'Remove the cause, then `POST /orders/{id}/payments/resume`.',
  ),
  not_payable_by_card: kind(422, 'Cards do not take this amount', 'Choose another amount or way to pay.'),
  not_captured: kind(409, 'No money was taken', 'Nothing is to be given back.'),
  refund_exceeds_payment: kind(422, 'It is more than is left of the payment', 'Give back at most what is left.'),
  too_many_refunds: kind(409, 'The payment has as many refunds as it can', 'Give the money back in another way.'),
  payment_not_found: kind(404, 'There is no such payment', 'Take an id of `GET /orders/{id}/payments`.'),
  refund_not_found: kind(404, 'There is no such refund', 'Take an id of `GET /orders/{id}/payments`.'),
  refund_not_failed: kind(409, 'The refund has not failed', 'Read it: `GET /orders/{id}/payments`.'),
  balance_too_large: kind(422, 'The balance of the wallet would be too large', 'Deposit less.'),
  balance_too_small: kind(409, 'The wallet has less than is to be taken back', 'Take back at most the balance.'),
  provider_not_found: kind(404, 'The stage does not use this provider', 'Send to the one that it uses.'),
  invalid_signature: kind(
    400,
    'The signature of the webhook is missing, wrong, or too old',
    'Sign the raw body with the secret of the webhook, at the time of sending.',
  ),

  ...shippingProblems,
} as const satisfies Readonly<Record<string, ProblemKind>>

/** The stable code of a problem. */
export type ProblemCode = keyof typeof problems

/** Where a code is explained, from the root of the API. */
export const typeOf = (code: ProblemCode): string => `/problems/${code}`

export const problemCodes = Object.keys(problems) as readonly ProblemCode[]
