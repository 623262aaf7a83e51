import { RemovalPolicy } from 'aws-cdk-lib/core'
import type { Code } from 'aws-cdk-lib/aws-lambda'
import type { Entry } from '../entry.ts'
import type { Stage } from '../stages.ts'
import type { Alarms } from './alarms.ts'

/** What every construct of a service has to know of where it stands. */
export interface Setting {
  readonly service: Entry['service']
  readonly stage: Stage
  readonly code: (entry: Entry) => Code
  readonly alarms: Alarms
}

/** Off production, everything is destroyed with its stack. */
export const removalPolicyOf = (stage: Stage): RemovalPolicy =>
  stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY
