import { CfnSchema } from 'aws-cdk-lib/aws-eventschemas'
import { Construct } from 'constructs'
import * as z from 'zod'
import { type EventContract, detailTypeOf, envelope, sourceOf } from '../../schemas/contract.ts'

/** The JSON Schemas of a service's events, in the schema registry of the stage. */
export class EventSchemas extends Construct {
  constructor(scope: Construct, id: string, registryName: string, contracts: readonly EventContract[]) {
    super(scope, id)
    for (const contract of contracts) {
      new CfnSchema(this, detailTypeOf(contract), {
        registryName,
        schemaName: `${sourceOf(contract)}@${detailTypeOf(contract)}`,
        type: 'JSONSchemaDraft4',
        description: contract.description,
        content: schemaOf(contract),
      })
    }
  }
}

/** The `detail` of an event, in JSON Schema draft 4: the newest that the registry takes. */
export function schemaOf(contract: EventContract): string {
  return JSON.stringify(z.toJSONSchema(envelope(contract.data), { target: 'draft-4', io: 'output' }))
}
