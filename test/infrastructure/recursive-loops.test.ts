import { describe, expect, it } from 'vitest'
import { type Deployment, type Resource, type Value, deploymentOf } from './templates.ts'
import { stages } from '../../lib/stages.ts'

interface Statement {
  readonly Action: string | readonly string[]
  readonly Resource: Value
}

/** Functions that may send to a queue of their own, and never send there what came from there: those that Lambda may end in a loop. */
const neverInALoop: Readonly<Record<string, string>> = {
  relay: 'It spills records of its stream; a record of the spill queue it publishes, postpones or parks.',
}

/** The queues that a function gets messages of and may send to. */
function ownQueuesOf(stage: Deployment, fn: Resource): string[] {
  const role = stage.at(fn.service, fn.properties.Role)
  const statements: readonly Statement[] = stage
    .of('AWS::IAM::Policy')
    .filter(({ service, properties }) => properties.Roles.some((each: Value) => stage.at(service, each) === role))
    .flatMap(({ properties }) => properties.PolicyDocument.Statement)
  const targets = new Set(
    statements
      .filter(({ Action }) => [Action].flat().some((action) => /^(?:sqs:)?\*$|^sqs:SendMessage/.test(action)))
      .flatMap(({ Resource }) => [Resource].flat().map((each) => stage.rendered(fn.service, each))),
  )
  return stage
    .of('AWS::Lambda::EventSourceMapping')
    .filter(({ service, properties }) => stage.at(service, properties.FunctionName) === fn)
    .map(({ service, properties }) => stage.rendered(service, properties.EventSourceArn))
    .filter((source) => targets.has(source))
}

describe.each(Object.values(stages).map((stage) => [stage.name, deploymentOf(stage)] as const))(
  'the functions of %s',
  (_, stage) => {
    const functions = stage.of('AWS::Lambda::Function').map((fn) => ({
      kind: String(fn.properties.Description).split(' ').at(-1)!,
      name: fn.name,
      own: ownQueuesOf(stage, fn),
      loops: fn.properties.RecursiveLoop === 'Allow',
    }))

    it('that wake themselves over a queue may do so as often as they have to, and no others', () => {
      const inALoop = functions.filter(({ kind, own }) => own.length > 0 && !(kind in neverInALoop))
      expect(functions.filter(({ loops }) => loops).map(({ name }) => name)).toEqual(inALoop.map(({ name }) => name))
      expect(inALoop.flatMap(({ own }) => own)).toContain('notifications WebhooksQueue')
    })

    it('that may send to their own queue and never are in a loop are those with a reason', () => {
      const kinds = functions.filter(({ own, loops }) => own.length > 0 && !loops).map(({ kind }) => kind)
      expect([...new Set(kinds)]).toEqual(Object.keys(neverInALoop))
    })
  },
)
