import { CfnSchema } from 'aws-cdk-lib/aws-eventschemas'
import { Construct } from 'constructs'
import { type EventContract, detailTypeOf, sourceOf } from '../../schemas/contract.ts'
import { eventSchema } from '../../schemas/json-schema.ts'

/** The JSON Schemas of a service's events, in the schema registry of the stage: in draft 4, the newest that it takes. */
export class EventSchemas extends Construct {
  constructor(scope: Construct, id: string, registryName: string, contracts: readonly EventContract[]) {
    super(scope, id)
    for (const contract of contracts) {
      new CfnSchema(this, detailTypeOf(contract), {
        registryName,
        schemaName: `${sourceOf(contract)}@${detailTypeOf(contract)}`,
        type: 'JSONSchemaDraft4',
        description: contract.description,
        content: JSON.stringify(eventSchema(contract, 'draft-4')),
      })
    }
  }
}
