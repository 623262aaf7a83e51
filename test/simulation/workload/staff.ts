import { type Role, scopesOf } from '../../../schemas/access.ts'
import type { Asked, Reply } from '../engine/request.ts'
import { Violation } from '../invariants/violation.ts'
import { forget } from './forgetful.ts'
import { Machines } from './machines.ts'
import { type Person, type Session, knownMs, probes, someSession, standingOf } from './person.ts'
import type { Workload } from './workload.ts'

export const password = 'Right-1!'

/** Owners and others sign in and out, give each other roles, and shut each other out; whoever is out stays out. */
export async function administer(workload: Workload): Promise<void> {
  const { chance, directory, clock } = workload.world
  const people = ([['owner'], ['owner'], ['operator'], ['support']] as const).map((roles, index): Person => {
    const id = `staff-${index + 1}`
    const email = `${id}@example.com`
    directory.add(email, password, roles)
    const unknown = { changes: 0, changing: 0, sessions: [], endings: 0, ending: 0 }
    return { id, email, roles, disabled: false, knownSince: clock.now(), ...unknown }
  })
  for (const person of people.slice(0, 2)) await signIn(workload, person)
  const [one, other] = people
  if (one && other && chance.maybe(0.5))
    await Promise.all([chance.pick([assign, disable])(workload, one, other), disable(workload, other, one)])
  const machines = new Machines(workload)
  const acts = [
    (_: Workload, person: Person) => machines.act(person),
    assign,
    assign,
    disable,
    enable,
    endAll,
    signOut,
    refresh,
    probe,
    probe,
    probe,
    wrongPassword,
    signIn,
  ]
  const work = async (person: Person): Promise<void> => {
    for (let count = chance.between(2, 8); count > 0; count -= 1) {
      await workload.world.sleep(chance.pick([0, chance.below(200), chance.below(3_000), knownMs + 1]))
      await chance.pick(acts)(workload, person, chance.pick(people))
    }
  }
  await Promise.all([...people, ...people].map((person) => work(person)))
  await workload.world.sleep(knownMs + 1)
  await machines.probe()
  if (chance.maybe(0.5)) await machines.outlive(chance.pick(people))
  for (const person of people) {
    await probe(workload, person)
    checkProfile(workload, person)
    await checkSignIn(workload, person)
    if (chance.maybe(0.3)) await forget(workload, person)
  }
}

/** The pool agrees with what holds, unless a call of somebody who died is still on its way to it. */
async function checkSignIn(workload: Workload, person: Person): Promise<void> {
  const { clock, faults } = workload.world
  if (faults.has('crash') || faults.has('slow') || !standingOf(person, clock.now())) return
  const { disabled } = person
  if ((await signIn(workload, person))?.status === 401 && !disabled)
    throw new Violation('who may sign in can', person.id)
}

async function signIn(workload: Workload, person: Person): Promise<Reply | undefined> {
  const { changes, disabled, changing, endings, ending } = person
  const body = { email: person.email, password }
  const reply = await workload.ask('users', { route: 'POST /sessions', body })
  if (reply?.status !== 201) return reply
  if (disabled && changing === 0 && changes === person.changes)
    throw new Violation('who is disabled stays out', `${person.id} signed in`)
  const { accessToken, refreshToken } = reply.body
  const claims = JSON.parse(String(accessToken)) as Session['claims']
  const end = { askedAt: workload.world.clock.now(), answeredAt: undefined }
  const mayHaveEnded = ending > 0 || endings !== person.endings
  person.sessions.push({ claims, refreshToken: String(refreshToken), ...(mayHaveEnded && { end }) })
  return reply
}

async function wrongPassword(workload: Workload, { email, id }: Person): Promise<void> {
  const body = { email, password: 'Wrong-1!' }
  const reply = await workload.ask('users', { route: 'POST /sessions', body })
  if (reply?.status === 201) throw new Violation('only the password opens an account', id)
}

async function signOut(workload: Workload, person: Person): Promise<void> {
  const session = someSession(workload, person)
  if (session === undefined) return
  const { clock, chance } = workload.world
  const askedAt = clock.now()
  session.end ??= { askedAt, answeredAt: undefined }
  const asked: Asked = chance.maybe(0.5)
    ? { route: 'DELETE /sessions/current' }
    : { route: 'DELETE /users/me/sessions/{id}', params: { id: session.claims['session']! } }
  const reply = await workload.ask('users', { ...asked, as: session.claims })
  if (reply?.status === 204) session.end = { askedAt, answeredAt: session.end.answeredAt ?? clock.now() }
}

async function refresh(workload: Workload, person: Person): Promise<void> {
  const session = someSession(workload, person)
  if (session === undefined) return
  const { changes, disabled, changing } = person
  const isOver = session.end?.answeredAt !== undefined
  const { refreshToken } = session
  const reply = await workload.ask('users', { route: 'POST /sessions/refresh', body: { refreshToken } })
  if (reply === undefined || reply.status >= 300) return
  if (isOver) throw new Violation('an ended session brings nothing', `${person.id} ${refreshToken}`)
  if (disabled && changing === 0 && changes === person.changes)
    throw new Violation('who is disabled stays out', `${person.id} refreshed ${refreshToken}`)
}

async function assign(workload: Workload, actor: Person, person: Person): Promise<void> {
  const { chance } = workload.world
  const roles: readonly Role[] = chance.pick([['owner'], ['operator'], ['support', 'warehouse'], ['customer']])
  const asked = { route: 'PUT /users/{id}/roles', params: { id: person.id }, body: { roles } }
  await change(workload, actor, person, asked, [...roles, ...(person.roles ?? [])], () => {
    person.roles = roles
  })
}

async function disable(workload: Workload, actor: Person, person: Person): Promise<void> {
  const asked = { route: 'POST /users/{id}/disable', params: { id: person.id } }
  await change(workload, actor, person, asked, person.roles ?? [], () => {
    person.disabled = true
  })
}

async function enable(workload: Workload, actor: Person, person: Person): Promise<void> {
  const asked = { route: 'POST /users/{id}/enable', params: { id: person.id } }
  await change(workload, actor, person, asked, person.roles ?? [], () => {
    person.disabled = false
  })
}

async function endAll(workload: Workload, actor: Person, person: Person): Promise<void> {
  const session = someSession(workload, actor)
  if (session === undefined) return
  const { clock } = workload.world
  const askedAt = clock.now()
  person.endings += 1
  person.ending += 1
  const open = person.sessions.filter(({ end }) => end === undefined)
  for (const each of open) each.end = { askedAt, answeredAt: undefined }
  const asked = { route: 'DELETE /users/{id}/sessions', params: { id: person.id } }
  const reply = await workload.ask('users', { ...asked, as: session.claims })
  person.ending -= 1
  // Those that began meanwhile have ended, or not.
  for (const each of person.sessions) each.end ??= { askedAt, answeredAt: undefined }
  if (reply?.status === 204)
    for (const each of open) each.end = { askedAt, answeredAt: each.end?.answeredAt ?? clock.now() }
}

/** One change of what a person may do. What was asked for holds only if nobody asked for another thing meanwhile. */
async function change(
  workload: Workload,
  actor: Person,
  person: Person,
  asked: Asked,
  needed: readonly Role[],
  settle: () => void,
): Promise<void> {
  const session = someSession(workload, actor)
  if (session === undefined) return
  const { clock } = workload.world
  const isAlone = person.changing === 0
  const actorWas = standingOf(actor, clock.now())
  const targetWas = standingOf(person, clock.now())
  const actorChanges = actor.changes
  person.changing += 1
  person.changes += 1
  const { changes } = person
  const reply = await workload.ask('users', { ...asked, as: session.claims })
  person.changing -= 1
  const isClear = isAlone && person.changing === 0 && changes === person.changes
  if (isClear && reply?.status === 200) {
    settle()
    person.knownSince = clock.now()
    if (person.roles !== undefined && person.disabled !== undefined) checkProfile(workload, person)
    if (actor !== person && actorWas && targetWas && actorChanges === actor.changes)
      checkRights(actorWas.roles, needed, `${actor.id} ${asked.route} ${person.id}`)
  } else {
    person.roles = undefined
    person.disabled = undefined
  }
}

function checkRights(held: readonly Role[], needed: readonly Role[], what: string): void {
  const has = scopesOf(held)
  if (![...scopesOf(needed)].every((scope) => has.has(scope)))
    throw new Violation('nobody gives more than they have', `${what} as ${held.join(' ')}`)
}

/** Whether a token opens what it must, and nothing else. */
async function probe(workload: Workload, person: Person): Promise<void> {
  const session = someSession(workload, person)
  if (session === undefined) return
  const { world } = workload
  const { service, scope, asked } = world.chance.pick(probes)
  const sentAt = world.clock.now()
  const was = standingOf(person, sentAt)
  const { changes } = person
  const { end } = session
  const reply = await world.request(service, { ...asked, as: session.claims })
  world.trace.write(`${person.id}: ${asked.route} as ${session.claims['session']} -> ${reply?.status ?? 'no answer'}`)
  if (reply === undefined || reply.status >= 500) return
  const isOver = end?.answeredAt !== undefined && sentAt > end.answeredAt + knownMs
  const text = `${person.id} ${session.claims['session']}: ${asked.route} ${reply.status}`
  if (isOver && reply.status !== 401) throw new Violation('an ended session opens nothing', text)
  if (was === undefined || changes !== person.changes || session.end !== undefined) return
  if (was.disabled !== (reply.status === 401)) throw new Violation('who is disabled stays out', text)
  if (!was.disabled && scopesOf(was.roles).has(scope) !== (reply.status !== 403))
    throw new Violation('a route opens to its scope', `${text} as ${was.roles.join(' ')}`)
}

/** What people are shown of somebody is what holds. */
function checkProfile({ world }: Workload, { id, roles, disabled, changing }: Person): void {
  if (roles === undefined || disabled === undefined || changing > 0) return
  const profile = world.deployed.users.table.primary.items().find(({ pk, sk }) => pk === id && sk === 'user')
  if (profile === undefined) return
  const shown = profile['roles'] as readonly Role[]
  if ([...shown].toSorted().join() !== [...roles].toSorted().join() || Boolean(profile['disabled']) !== disabled)
    throw new Violation('a profile shows what holds', `${id} shows ${shown.join(' ')}, is ${roles.join(' ')}`)
}
