import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { FunctionSettings } from '../../localstack/lambda/function-settings.ts'
import { LocalFunction, type LogLine } from '../../localstack/lambda/local-function.ts'

const handlers = `
let calls = 0
export const echo = async (event) => event
export const count = async () => ++calls
export const environment = async () => process.env
export const throws = async () => { throw new RangeError('no') }
export const exits = async ({ exit }) => { if (exit) process.exit(3); return 'alive' }
export const hangs = () => new Promise(() => setTimeout(() => {}, 60_000))
export const breaks = () => new Promise(() => setTimeout(() => { throw new Error('outside') }, 1))
export const eats = () => { const all = []; for (;;) all.push(new Array(100_000).fill(1)) }
export const context = async (_, context) => ({ ...context, left: context.getRemainingTimeInMillis() })
export const time = async () => [Date.now(), new Date().getTime(), new Date(5).getTime(), new Date() instanceof Date]
export const logs = async () => { console.log('to be found'); return 1 }
export const large = async () => 'x'.repeat(7_000_000)
export const slow = async () => { await new Promise((resolve) => setTimeout(resolve, 50)); return 1 }
`

let folder: string
const running: LocalFunction[] = []
const issued: string[] = []
const lines: LogLine[] = []
let offset = 0

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-lambda-'))
  writeFileSync(join(folder, 'index.mjs'), handlers)
})
afterEach(async () => {
  offset = 0
  await Promise.all(running.splice(0).map((each) => each.stop()))
})
afterAll(() => rmSync(folder, { recursive: true }))

function local(handler: string, settings: Partial<FunctionSettings> = {}): LocalFunction {
  const made = new LocalFunction(
    {
      name: `test-${handler}`,
      arn: `arn:aws:lambda:us-east-1:000000000000:function:test-${handler}`,
      region: 'us-east-1',
      file: join(folder, 'index.mjs'),
      handler,
      environment: { TABLE_NAME: 'a-table' },
      timeoutSeconds: 5,
      memoryMb: 128,
      concurrency: 2,
      ...settings,
    },
    {
      endpoint: 'http://127.0.0.1:1',
      credentials: {
        issue: () => {
          issued.push(`KEY${issued.length}`)
          return { accessKeyId: issued.at(-1)!, secretAccessKey: 'secret' }
        },
        forget: () => {},
      },
      clockOffset: () => offset,
      log: (line) => lines.push(line),
    },
  )
  running.push(made)
  return made
}

test('a function has no worker before its first invocation, and none any more when it is idle', async () => {
  const fn = local('count', { idleMs: 100 })
  expect(fn.counts().workers).toBe(0)
  expect((await fn.invoke({})).payload).toBe(1)
  expect((await fn.invoke({})).payload).toBe(2)
  expect(fn.counts().workers).toBe(1)
  await expect.poll(() => fn.counts().workers).toBe(0)
  expect((await fn.invoke({})).payload).toBe(1)
  expect(lines.filter(({ function: name, text }) => name === 'test-count' && text.includes('Exit'))).toEqual([])
})

describe('an invocation', () => {
  test('hands over the event and the answer as JSON', async () => {
    expect(await local('echo').invoke({ a: [1, null], gone: undefined })).toMatchObject({ payload: { a: [1, null] } })
  })

  test('finds the context of Lambda', async () => {
    const { payload, requestId } = await local('context').invoke({})
    expect(payload).toMatchObject({ functionName: 'test-context', memoryLimitInMB: '128', awsRequestId: requestId })
    expect((payload as { left: number }).left).toBeGreaterThan(3_000)
  })

  test('sees only the environment of the template and of Lambda', async () => {
    const { payload } = await local('environment').invoke({})
    expect(payload).toMatchObject({ TABLE_NAME: 'a-table', AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: issued.at(-1) })
    expect(Object.keys(payload as object)).not.toContain('HOME')
    expect(Object.keys(payload as object)).not.toContain('PATH')
  })

  test('sees the time of the stack', async () => {
    const subject = local('time')
    await subject.invoke({})
    offset = 86_400_000
    const [now, made, given, isDate] = (await subject.invoke({})).payload as [number, number, number, boolean]
    expect(now - Date.now()).toBeGreaterThan(86_390_000)
    expect(made - Date.now()).toBeGreaterThan(86_390_000)
    expect(given).toBe(5)
    expect(isDate).toBe(true)
  })

  test('finds the module as the last invocation of its worker left it', async () => {
    const subject = local('count')
    await subject.invoke({})
    expect((await subject.invoke({})).payload).toBe(2)
  })

  test('runs beside others in its own worker, up to the concurrency', async () => {
    const subject = local('slow')
    await Promise.all(Array.from({ length: 6 }, () => subject.invoke({})))
    expect(subject.counts()).toMatchObject({ workers: 2, running: 0, waiting: 0, invocations: 6, errors: 0 })
  })

  test('has its log lines kept', async () => {
    await local('logs').invoke({})
    await expect.poll(() => lines).toContainEqual({ function: 'test-logs', text: 'to be found' })
  })
})

describe('an invocation that fails', () => {
  test('ends with the error of the handler', async () => {
    expect(await local('throws').invoke({})).toMatchObject({
      functionError: 'Handled',
      payload: { errorType: 'RangeError', errorMessage: 'no' },
    })
  })

  test.each([
    ['runs out of time', 'hangs', 'Sandbox.Timedout'],
    ['throws outside of the handler', 'breaks', 'Runtime.ExitError'],
    ['runs out of memory', 'eats', 'Runtime.OutOfMemory'],
    ['answers more than 6 MB', 'large', 'Function.ResponseSizeTooLarge'],
    ['is not exported', 'missing', 'Error'],
  ])('because it %s fails alone', async (_, handler, errorType) => {
    const result = await local(handler, { timeoutSeconds: handler === 'hangs' ? 0.2 : 20, memoryMb: 64 }).invoke({})
    expect(result).toMatchObject({ functionError: 'Unhandled', payload: { errorType } })
  })

  test('with the process ended leaves a function that works', async () => {
    const subject = local('exits')
    expect(await subject.invoke({ exit: true })).toMatchObject({ payload: { errorType: 'Runtime.ExitError' } })
    expect(await subject.invoke({})).toMatchObject({ payload: 'alive' })
  })

  test('because its worker is killed does not come back', async () => {
    const subject = local('hangs')
    const result = subject.invoke({})
    await expect.poll(() => subject.counts().running).toBe(1)
    expect(subject.kill(issued.at(-1)!)).toBe(true)
    expect(await result).toMatchObject({ functionError: 'Unhandled' })
    expect(subject.counts().workers).toBe(0)
  })

  test('because the event is larger than 6 MB never starts', async () => {
    const result = await local('echo').invoke('x'.repeat(7_000_000))
    expect(result).toMatchObject({ payload: { errorType: 'RequestEntityTooLargeException' } })
  })
})
