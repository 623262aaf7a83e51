import { request as send } from 'node:http'
import { describe, expect, it } from 'vitest'
import { advance } from './control.ts'
import { anonymous, baseUrl, isLocal, unique } from './target.ts'

interface Answered {
  readonly status: number
  readonly retryAfter: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Sends from another address of the loopback network: the gateway takes where a connection comes from for the address of a client. */
function from(address: string, path: string, body: object, token?: string): Promise<Answered> {
  const { hostname, port } = new URL(baseUrl)
  return new Promise((resolve, reject) => {
    const options = { host: hostname, port, path, method: 'POST', localAddress: address, family: 4 }
    const sent = send(
      {
        ...options,
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
      },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            retryAfter: Number(answer.headers['retry-after'] ?? 0),
            body: JSON.parse(Buffer.concat(chunks).toString()) as Answered['body'],
          }),
        )
      },
    )
    sent.on('error', reject)
    sent.end(JSON.stringify(body))
  })
}

async function customer() {
  const account = { email: `${unique('rated')}@holdfast.test`, password: 'Customer-1!' }
  await anonymous.register({ body: account })
  return account
}

const tally = (answers: readonly Answered[]): Readonly<Record<number, number>> =>
  answers.reduce<Record<number, number>>((sum, { status }) => ({ ...sum, [status]: (sum[status] ?? 0) + 1 }), {})

describe.runIf(isLocal)('300 wrong passwords for one account', () => {
  it.each([
    ['one address', 1],
    ['fifty addresses', 50],
  ])('from %s, ten at a time, keep its owner out at no moment', async (_, addresses) => {
    const account = await customer()
    const home = '127.0.0.77'
    const signIn = () => from(home, '/sessions', account)
    expect((await signIn()).status).toBe(201)
    const wrong = { ...account, password: 'Wrong-1!' }
    const answers: Answered[] = []
    const owner: Answered[] = []
    for (let tries = 0; tries < 300; tries += 10) {
      const tenth = Array.from({ length: 10 }, (_each, index) =>
        from(`127.9.0.${1 + ((tries + index) % addresses)}`, '/sessions', wrong),
      )
      const [mine, ...theirs] = await Promise.all([signIn(), ...tenth])
      owner.push(mine)
      answers.push(...theirs)
    }
    expect(tally(owner)).toEqual({ 201: 30 })
    const { 401: guessed = 0, ...others } = tally(answers)
    expect(guessed).toBe(4)
    expect(Object.keys(others).every((status) => status === '429' || status === '503')).toBe(true)
    expect(answers.find(({ status }) => status === 429)).toMatchObject({ body: { code: 'too_many_requests' } })
    expect(answers.every(({ status, retryAfter }) => status === 401 || retryAfter > 0)).toBe(true)
  })

  it('are answered alike where there is no such account', async () => {
    const { email } = await customer()
    const shown = async (to: string) => {
      const answers: unknown[] = []
      for (let tries = 0; tries < 7; tries += 1) {
        const { status, retryAfter, body } = await from(`127.9.1.${tries}`, '/sessions', {
          email: to,
          password: 'No-1!',
        })
        answers.push({ status, waits: retryAfter > 1_000, ...body, requestId: '' })
      }
      return answers
    }
    expect(await shown(`${unique('nobody')}@holdfast.test`)).toEqual(await shown(email))
  })

  it('let a stranger with the right one in when they have stopped for twenty minutes, by the clock of the stack', async () => {
    const account = await customer()
    for (let tries = 0; tries < 5; tries += 1)
      await from(`127.9.2.${tries}`, '/sessions', { ...account, password: 'No-1!' })
    expect(await from('127.9.3.1', '/sessions', account)).toMatchObject({ status: 429 })
    await advance('20m')
    expect(await from('127.9.3.1', '/sessions', account)).toMatchObject({ status: 201 })
  })
})

describe.runIf(isLocal)('a stolen access token', () => {
  it('lets the current password be guessed four times, and the owner changes it meanwhile', async () => {
    const account = await customer()
    const home = '127.0.0.78'
    const { body } = await from(home, '/sessions', account)
    const token = String(body['accessToken'])
    const change = (address: string, currentPassword: string) =>
      from(address, '/users/me/password', { currentPassword, newPassword: 'Another-1!' }, token)
    const guesses: Answered[] = []
    for (let tries = 0; tries < 20; tries += 1) guesses.push(await change(`127.9.4.${1 + (tries % 7)}`, 'Wrong-1!'))
    expect(tally(guesses)).toEqual({ 403: 4, 429: 16 })
    expect(guesses.at(-1)).toMatchObject({ body: { code: 'too_many_requests' } })
    expect(guesses.at(-1)?.retryAfter).toBeGreaterThan(0)
    expect((await from(home, '/sessions', account)).status).toBe(201)
  })

  it('has a wrong current password wait longer each time also where the account is known', async () => {
    const account = await customer()
    const home = '127.0.0.79'
    const { body } = await from(home, '/sessions', account)
    const change = () =>
      from(
        home,
        '/users/me/password',
        { currentPassword: 'Wrong-1!', newPassword: 'Another-1!' },
        String(body['accessToken']),
      )
    const guesses: Answered[] = []
    for (let tries = 0; tries < 13; tries += 1) guesses.push(await change())
    const refused = guesses.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.every(({ retryAfter }) => retryAfter > 0)).toBe(true)
  })
})
