import { Validations } from 'aws-cdk-lib/core'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { describe, expect, it } from 'vitest'
import { type Stage, stages } from '../../lib/stages.ts'
import { appOf } from './templates.ts'

interface Suppression {
  readonly construct: string
  readonly rule: string
  readonly reason: string
}

function checked(stage: Stage) {
  const app = appOf(stage, { builtinCloudFormationValidation: true })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app))
  return app
}

function suppressionsOf(stage: Stage): Suppression[] {
  return checked(stage)
    .node.findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) =>
          Object.entries(data as Record<string, string>).map(([rule, reason]) => ({
            construct: node.path,
            rule: rule.replace(/^Annotation::/, ''),
            reason,
          })),
        ),
    )
}

describe.each(Object.values(stages))('the stage $name', (stage) => {
  it('passes the AwsSolutions and Serverless packs of cdk-nag, and the rules of CloudFormation', () => {
    expect(() => checked(stage).synth()).not.toThrow()
  })

  it('gives a reason for everything that it suppresses', () => {
    const suppressions = suppressionsOf(stage)
    expect(suppressions).not.toEqual([])
    for (const { construct, rule, reason } of suppressions) {
      expect(reason.length, `${rule} at ${construct}`).toBeGreaterThan(30)
      expect(construct.split('/').length, `${rule} is suppressed for a whole stack at ${construct}`).toBeGreaterThan(1)
    }
  })
})
