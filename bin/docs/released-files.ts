import { Code } from 'aws-cdk-lib/aws-lambda'
import { holdfast } from '../../lib/app.ts'
import { stages } from '../../lib/stages.ts'
import { detailTypeOf } from '../../schemas/contract.ts'
import { eventSchema } from '../../schemas/json-schema.ts'
import { allEvents } from '../../schemas/topology.ts'
import { deployedStacks } from './deployed.ts'
import { type DocumentFile, json } from './files.ts'
import { releaseOf } from './release.ts'
import { releaseCode } from './release-code.ts'

/**
 * What test/contracts and test/infrastructure hold later releases against: the schemas of all events, the consumers and relays, and the
 * stacks.
 */
export const releasedFiles = (): readonly DocumentFile[] => [
  releaseCode(),
  json(
    'test/contracts/released.json',
    releaseOf(Object.fromEntries(allEvents.map((contract) => [detailTypeOf(contract), eventSchema(contract)]))),
  ),
  json(
    'test/infrastructure/released-stacks.json',
    Object.fromEntries(
      Object.values(stages).map((stage) => [
        stage.name,
        deployedStacks(holdfast({ stage, code: () => Code.fromInline('0'), builtinCloudFormationValidation: false })),
      ]),
    ),
  ),
]
