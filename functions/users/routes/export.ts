import type { Payment } from '../../../schemas/payment.ts'
import type { Order } from '../../../schemas/order.ts'
import type { ExportedOrder, PersonExport } from '../../../schemas/person-export.ts'
import type { Shipment } from '../../../schemas/shipment.ts'
import type { routes } from '../../../schemas/users.ts'
import { timeOf } from '../../runtime/clock.ts'
import { cursorOf, positionOf } from '../../runtime/cursor.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { InvalidCursor } from '../../runtime/store.ts'
import type { UsersDeps } from '../deps.ts'
import { readBook } from '../store/address-book-item.ts'
import { listKeys, shownOf, usesOf } from '../store/api-key-item.ts'
import { infoOf, sessionsOf } from '../store/session-item.ts'
import { readUser, userOf } from '../store/user-item.ts'

type ExportRequest = Request<typeof routes.exportMe>

/** The parts of the document, each a page or several. */
const parts = ['orders', 'wallet', 'notifications', 'keys', 'audit'] as const
type Part = (typeof parts)[number]

/** Where the document goes on. */
interface Place {
  readonly part: Part
  /** When the export began: orders placed since then are not in it, in milliseconds since 1970. */
  readonly began: number
  /** How many items of the page behind `cursor` earlier pages have. */
  readonly skip: number
  /** In the list that the part comes from. */
  readonly cursor: string
}

const form = new RegExp(`^(${parts.join('|')}) \\d{1,15} \\d{1,3} [^ ]*$`)
const cursorAt = ({ part, began, skip, cursor }: Place): string => cursorOf(`${part} ${began} ${skip} ${cursor}`)

function placeIn(text: string): Place {
  const [part, began, skip, cursor = ''] = positionOf(text, form).split(' ')
  return { part: part as Part, began: Number(began), skip: Number(skip), cursor }
}

/** Orders are read one after the other, until a page has so many characters. */
const mostCharacters = 1_500_000
/** After this long a page takes no further order, in milliseconds: an order takes calls of 3 s at most, and the function has 10 s. */
const mostMs = 4_000
const ordersAtOnce = 20

/**
 * All that the services keep of the caller, as pages of one document. Each service is asked through the API with the token of the caller: it
 * decides itself what that one may see, as it always does.
 */
export function exportMe(deps: UsersDeps): Handler<typeof routes.exportMe> {
  return async (request) => {
    const { cursor } = request.query
    if (cursor === undefined) return { body: await account(deps, request) }
    const place = placeIn(cursor)
    return { body: await pageOf[place.part](deps, request, place) }
  }
}

type PageOf = (deps: UsersDeps, request: ExportRequest, place: Place) => Promise<PersonExport>

async function account({ store, clock }: UsersDeps, { caller, refuse }: ExportRequest): Promise<PersonExport> {
  const now = clock.now()
  const [profile, book, sessions] = await Promise.all([
    readUser(store, caller.id),
    readBook(store, caller.id),
    sessionsOf(store, caller.id, now),
  ])
  if (profile === undefined) throw refuse('user_not_found', 'There is no profile yet. Sign in: POST /sessions.')
  return {
    user: userOf(profile),
    addresses: [...(book?.addresses ?? [])],
    sessions: sessions.map((item) => infoOf(item, caller.sessionId)),
    cursor: cursorAt({ part: 'orders', began: now, skip: 0, cursor: '' }),
  }
}

const orders: PageOf = async (deps, request, place) => {
  const { clock } = deps
  const until = clock.now() + mostMs
  const query = { customerId: request.caller.id, to: timeOf(place.began), limit: ordersAtOnce, cursor: place.cursor }
  const list = await read<Page<{ readonly id: string }>>(deps, request, pathOf('/orders', query))
  const taken: ExportedOrder[] = []
  let characters = 0
  for (const { id } of list.items.slice(place.skip)) {
    if (taken.length > 0 && (characters > mostCharacters || clock.now() > until)) break
    const order = await exported(deps, request, id)
    characters += JSON.stringify(order).length
    taken.push(order)
  }
  const skip = place.skip + taken.length
  return { orders: taken, ...goesOn(request, skip < list.items.length ? { ...place, skip } : place, list, skip) }
}

async function exported(deps: UsersDeps, request: ExportRequest, id: string): Promise<ExportedOrder> {
  const path = `/orders/${encodeURIComponent(id)}`
  const [order, payments, shipments] = await Promise.all([
    read<Order>(deps, request, path),
    read<Page<Payment>>(deps, request, `${path}/payments`),
    read<Page<Shipment>>(deps, request, `${path}/shipments`),
  ])
  return { order, payments: payments.items, shipments: shipments.items }
}

const wallet: PageOf = async (deps, request, place) => {
  const path = pathOf('/users/me/wallet', { limit: 100, cursor: place.cursor })
  const { balance, ...list } = await read<Page<NonNullable<PersonExport['ledger']>[number]> & Balance>(
    deps,
    request,
    path,
  )
  return { balance, ledger: list.items, ...goesOn(request, place, list) }
}

interface Balance {
  readonly balance: NonNullable<PersonExport['balance']>
}

const notifications: PageOf = async (deps, request, place) => {
  const path = pathOf('/notifications', { limit: 100, cursor: place.cursor })
  const list = await read<Page<NonNullable<PersonExport['notifications']>[number]>>(deps, request, path, noSuchRoute)
  return { notifications: list.items, ...goesOn(request, place, list) }
}

const keys: PageOf = async ({ principals, clock }, request, place) => {
  const { items, cursor } = await listKeys(principals, { limit: 100, cursor: place.cursor || undefined })
  const own = items.filter(({ createdBy }) => createdBy === request.caller.id)
  const uses = await usesOf(
    principals,
    own.map(({ sk }) => sk),
  )
  const apiKeys = own.map((key) => shownOf(key, uses.get(key.sk), clock.now()))
  return { apiKeys, ...goesOn(request, place, { items: [], ...(cursor !== undefined && { cursor }) }) }
}

const audit: PageOf = async (deps, request, place) => {
  const path = pathOf('/audit', { actor: request.caller.id, limit: 100, cursor: place.cursor })
  const list = await read<Page<NonNullable<PersonExport['audit']>[number]>>(deps, request, path)
  return { audit: list.items, ...goesOn(request, place, list) }
}

const pageOf: Readonly<Record<Part, PageOf>> = { orders, wallet, notifications, keys, audit }

interface Page<Item> {
  readonly items: Item[]
  readonly cursor?: string
}

/** Where the document goes on behind a page of a list, of which `taken` items were taken: in the page, behind it, or with the next part. */
function goesOn(
  { caller }: ExportRequest,
  place: Place,
  { items, cursor }: Page<unknown>,
  taken = items.length,
): { readonly cursor?: string } {
  if (taken < items.length) return { cursor: cursorAt(place) }
  if (cursor !== undefined) return { cursor: cursorAt({ ...place, skip: 0, cursor }) }
  const part = parts.slice(parts.indexOf(place.part) + 1).find((each) => mayRead(caller, each))
  return part === undefined ? {} : { cursor: cursorAt({ ...place, part, skip: 0, cursor: '' }) }
}

/** Most people have made no keys and left nothing in the audit. */
const mayRead = ({ scopes }: ExportRequest['caller'], part: Part): boolean =>
  part === 'keys' ? scopes.has('keys:write') : part !== 'audit' || scopes.has('audit:read')

function pathOf(path: string, query: Readonly<Record<string, string | number>>): string {
  const sent = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== '') sent.set(name, String(value))
  return `${path}?${sent.toString()}`
}

/** Of a stage without inboxes. */
const noSuchRoute = 404

/** What a route answers to the caller; nothing for the status of what a stage does not have. */
async function read<Body>(
  { readPath }: UsersDeps,
  { headers: { authorization = '' }, refuse }: ExportRequest,
  path: string,
  absent?: number,
): Promise<Body> {
  const answer = await readPath(path, authorization).catch(() => undefined)
  if (answer?.status === 200) return answer.body as Body
  if (answer !== undefined && answer.status === absent) return { items: [] } as Body
  if (answer?.status === 400) throw new InvalidCursor('The cursor is not of this document.')
  throw refuse('unavailable', 'A service does not answer. Ask for the same page again.', {
    headers: { 'retry-after': '1' },
  })
}
