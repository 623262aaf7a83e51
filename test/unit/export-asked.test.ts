import { describe, expect, it } from 'vitest'
import { BadArgument, askedBy, hoursBehind } from '../../bin/export/asked.ts'
import { waitingFetch } from '../../bin/export/waiting-fetch.ts'

const good = { what: 'orders', from: '2026-11-01', to: '2026-11-30', out: 'a.csv', url: 'http://localhost:4000/' }

describe('the arguments of an export', () => {
  it('are what it is of, and its file, whose name decides the format', () => {
    const { out, ...rest } = good
    const asked = { ...rest, url: 'http://localhost:4000', format: 'csv' }
    expect(askedBy(good)).toEqual({ asked, out })
    expect(askedBy({ ...good, format: 'ndjson' }).asked.format).toBe('ndjson')
    expect(askedBy({ ...good, out: 'a.txt' }).asked.format).toBe('ndjson')
    expect(askedBy({ ...good, from: '2024-02-29', to: '2025-02-28' }).asked.from).toBe('2024-02-29')
  })

  it.each([
    [{ what: 'shipments' }, '--what needs one of orders, payments, movements.'],
    [{ what: undefined }, '--what needs one of orders, payments, movements.'],
    [{ format: 'xlsx' }, '--format needs one of ndjson, csv.'],
    [{ from: undefined }, '--from needs a day from 1970 on, as 2026-11-28.'],
    [{ to: '28.11.2026' }, '--to needs a day from 1970 on, as 2026-11-28.'],
    [{ to: '2026-11-30T12:00:00Z' }, '--to needs a day from 1970 on, as 2026-11-28.'],
    [{ from: '1969-12-31' }, '--from needs a day from 1970 on, as 2026-11-28.'],
    [{ from: '2026-02-29' }, '--from needs a day that there is: 2026-02-29 is none.'],
    [{ to: '2026-13-01' }, '--to needs a day that there is: 2026-13-01 is none.'],
    [{ from: '2026-12-01' }, '--from 2026-12-01 is after --to 2026-11-30.'],
    [{ from: '2025-11-29' }, '--from 2025-11-29 --to 2026-11-30 are 367 days; an export has 366 at most.'],
    [{ out: undefined }, '--out needs the file to write.'],
    [{ url: 'localhost' }, '--url needs the address of the API, as https://api.example.com.'],
  ])('%j is refused by name, with what is allowed', (wrong, line) => {
    expect(() => askedBy({ ...good, ...wrong })).toThrow(new BadArgument(line))
  })

  it('count hours from the last day back', () => {
    const behind = (time: string) => hoursBehind(good, Date.parse(time))
    expect(behind('2026-11-30T23:59:59.999Z')).toBe(0)
    expect(behind('2026-11-30T00:00:00.000Z')).toBe(23)
    expect(behind('2026-11-29T23:59:59.999Z')).toBe(24)
    expect(behind('2026-11-01T00:00:00.000Z')).toBe(30 * 24 - 1)
  })
})

describe('an API that has no time', () => {
  /** Answers in turn, the last one for good; what was waited, in milliseconds. */
  async function waits(...answers: (readonly [status: number, retryAfter?: string])[]) {
    const waited: number[] = []
    let now = Date.parse('2026-11-28T12:00:00Z')
    const clock = {
      now: () => now,
      sleep: async (ms: number) => {
        waited.push(ms)
        now += ms
      },
    }
    let asked = 0
    const send = waitingFetch(
      async () => {
        const [status, after] = answers[Math.min(asked, answers.length - 1)]!
        asked += 1
        return new Response('', { status, headers: after === undefined ? {} : { 'retry-after': after } })
      },
      clock,
      () => undefined,
    )
    return { status: (await send('http://localhost')).status, asked, waited }
  }

  it('is asked again when it names, in seconds or as a date', async () => {
    expect(await waits([429, '7'], [503, 'Sat, 28 Nov 2026 12:00:27 GMT'], [200])).toEqual({
      status: 200,
      asked: 3,
      waited: [7_000, 20_000],
    })
  })

  it('is asked at growing distances where it names no time, or one that is over', async () => {
    const { waited } = await waits(
      [429],
      [503, 'soon'],
      [429, 'Sat, 28 Nov 2026 11:00:00 GMT'],
      [503, '0'],
      [429],
      [200],
    )
    expect(waited).toEqual([1_000, 2_000, 1_000, 1_000, 16_000])
  })

  it('is given up after a quarter of an hour, and for every other answer at once', async () => {
    const { status, waited } = await waits([503])
    expect(status).toBe(503)
    expect(waited.reduce((sum, ms) => sum + ms)).toBeLessThanOrEqual(900_000)
    expect(await waits([429, '901'])).toEqual({ status: 429, asked: 1, waited: [] })
    for (const status of [400, 401, 403, 404, 500, 502]) expect(await waits([status, '1'])).toMatchObject({ asked: 1 })
  })
})
