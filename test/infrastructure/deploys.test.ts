import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { afterAll, describe, expect, it } from 'vitest'
import { type DeployedStacks, deployedStacks } from '../../bin/docs/deployed.ts'
import { loadAssembly } from '../../localstack/deploy/assembly.ts'
import { type Stage, stages } from '../../lib/stages.ts'
import { Account } from './cloud-formation.ts'
import releasedStacks from './released-stacks.json' with { type: 'json' }
import { appOf } from './templates.ts'

const place = { region: 'us-east-1', account: '000000000000', endpoint: 'http://127.0.0.1:1' }
const code = mkdtempSync(join(tmpdir(), 'holdfast-'))
afterAll(() => rmSync(code, { recursive: true }))

const released: Readonly<Record<string, DeployedStacks>> = releasedStacks

/** The settings that are switched on and off; `emulated` says where a stage runs, and a deployed one never moves. */
const switches = Object.entries(stages.prod).flatMap(([name, value]) =>
  typeof value === 'boolean' && name !== 'emulated' ? [name as keyof Stage] : [],
)

const from = 'shop@mail.example.com'
const mails: readonly Stage['mail'][] = [{ mode: 'off' }, { mode: 'sandbox', from }, { mode: 'on', from }]

/** A setting that leaves its bucket behind when it is switched off: it is kept, and no stack has it any more. */
const withCopy = 'with a locked copy of the audit'

/** The stage, with each of its settings switched alone, all of them, and those switched that are not booleans. */
function variantsOf(stage: Stage): readonly (readonly [string, DeployedStacks])[] {
  const switched = (names: readonly (keyof Stage)[]): Stage => ({
    ...stage,
    ...Object.fromEntries(names.map((name) => [name, !stage[name]])),
  })
  const other: Stage = {
    ...stage,
    cardProvider: stage.cardProvider === 'stripe' ? 'sandbox' : 'stripe',
    holdSeconds: 60,
    verifyEmail: 'required',
    customers: { openHolds: 0, unitsPerSku: 'unlimited', chooseManual: false },
    throttle: { requestsPerSecond: 1, burst: 1 },
    origins: ['https://shop.example.com'],
  }
  return [
    ['as it is', stage] as const,
    ...switches.map((name) => [`with ${name} switched`, switched([name])] as const),
    ['with all of them switched', switched(switches)] as const,
    ['with another provider and other limits', other] as const,
    [withCopy, { ...stage, auditCopy: { mode: 'governance', days: 1 } }] as const,
    ...mails.map((mail) => [`with mails ${mail.mode}`, { ...stage, mail }] as const),
  ].map(([name, each]) => {
    const app = appOf(each, { code: () => Code.fromAsset(code) })
    // The local stack resolves every reference, and refuses what it does not know, such as locked buckets and distributions.
    if (each.auditCopy === 'off' && !each.cdn && !each.photoCdn) loadAssembly(app.synth().directory, place)
    return [name, deployedStacks(app)]
  })
}

describe.each(Object.values(stages).map((stage) => [stage.name, stage] as const))('the stage %s', (name, stage) => {
  const variants = variantsOf(stage)
  const switchable = variants.filter(([before]) => before !== withCopy)
  const pairs = switchable.flatMap(([before, old]) =>
    variants.filter(([after]) => after !== before).map(([after, now]) => [before, after, old, now] as const),
  )

  it.each(pairs)('%s is deployed over, %s: no export is in use, nothing that lasts is replaced', (_b, _a, old, now) => {
    const account = new Account()
    account.deploy(old)
    expect(account.deploy(now)).toEqual([])
  })

  // A stage that is new in this release has no templates of the last one.
  const last = released[name]
  describe.runIf(last)('after the last release', () => {
    it.each(variants)('%s is deployed over it, and the last release over that', (_, now) => {
      const account = new Account()
      account.deploy(last ?? {})
      expect(account.deploy(now)).toEqual([])
      // What this release has added goes with it.
      expect(account.deploy(last ?? {}).filter((what) => !what.includes(' loses '))).toEqual([])
    })
  })

  it('gets the lists of orders one after the other, as a table takes one index at a time', () => {
    const of = (orderLists: Stage['orderLists']) =>
      deployedStacks(appOf({ ...stage, orderLists }, { code: () => Code.fromAsset(code) }))
    const account = new Account()
    account.deploy(of('off'))
    expect(account.deploy(of('status'))).toEqual([])
    expect(account.deploy(of('all'))).toEqual([])
    account.deploy(of('off'))
    expect(account.deploy(of('all')).join()).toContain('several indexes')
  })

  it('is deployed stack by stack to an empty account', () => {
    for (const [, stacks] of variants) expect(() => new Account().deploy(stacks)).not.toThrow()
  })
})

describe('the model of CloudFormation', () => {
  const stack = { outputs: [], exports: {}, imports: [], reads: [], lasting: {} }
  const table = (properties: object = {}) => ({
    ...stack,
    lasting: { Table: { type: 'AWS::DynamoDB::Table', properties: { ...properties } } },
  })

  it('refuses to take away an export in use', () => {
    const account = new Account()
    account.deploy({ a: { ...stack, exports: { x: 1 } }, b: { ...stack, imports: ['x'] } })
    expect(() => account.deploy({ a: stack })).toThrow('x cannot be changed as it is in use by b')
  })

  it('refuses an import and an output that are not there', () => {
    expect(() => new Account().deploy({ b: { ...stack, imports: ['x'] } })).toThrow('No export named x')
    expect(() => new Account().deploy({ b: { ...stack, reads: ['a.x'] } })).toThrow('no output a.x')
  })

  it.each([
    ['a table with another key', table({ KeySchema: [1] }), 'replaces Table (KeySchema)'],
    ['a table that is gone', stack, 'loses Table'],
    ['two new indexes', table({ GlobalSecondaryIndexes: [{ IndexName: 'a' }, { IndexName: 'b' }] }), 'several indexes'],
  ])('reports %s', (_, now, report) => {
    const account = new Account()
    account.deploy({ a: table() })
    expect(account.deploy({ a: now }).join()).toContain(report)
  })
})
