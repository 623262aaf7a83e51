import { CrossStackReferences, ReferenceStrength, Stack, type StackProps } from 'aws-cdk-lib/core'
import { CfnQueryDefinition, LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { Overview, type OverviewProps, constructsIn } from './constructs/overview.ts'

export interface OperationsProps extends StackProps, OverviewProps {}

/** What operators look at: it knows the platform and all services by name, and none of them knows it. */
export class OperationsStack extends Stack {
  constructor(scope: Construct, id: string, { stage, platform, services, ...props }: OperationsProps) {
    super(scope, id, props)
    CrossStackReferences.of(this).consume(ReferenceStrength.WEAK)
    new CfnQueryDefinition(this, 'Order', {
      name: `Holdfast ${stage.name}/everything about an order`,
      queryString: 'fields @timestamp, service, message | filter @message like /ord_.../ | sort @timestamp',
      logGroupNames: [platform, ...services].flatMap((stack) =>
        constructsIn(stack, LogGroup).map(({ logGroupName }) => logGroupName),
      ),
    })
    if (stage.dashboard) new Overview(this, 'Overview', { stage, platform, services })
  }
}
