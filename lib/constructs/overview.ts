import { CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch'
import { Fn, Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'

interface Graph {
  readonly title: string
  readonly search: string
  readonly statistic: 'Sum' | 'Maximum' | 'p99'
}

/**
 * One dashboard for the whole stage. It finds functions, queues and tables by the prefix that CloudFormation gives their
 * names: the platform knows none of its services.
 */
export class Overview extends Construct {
  constructor(scope: Construct, id: string, prefix: string) {
    super(scope, id)
    const { region } = Stack.of(this)
    new CfnDashboard(this, 'Dashboard', {
      dashboardBody: Fn.sub(
        JSON.stringify({
          widgets: graphs(prefix).map(({ title, search, statistic }, index) => ({
            type: 'metric',
            width: 12,
            height: 6,
            x: (index % 2) * 12,
            y: Math.floor(index / 2) * 6,
            properties: {
              title,
              region: '${Region}',
              period: 60,
              metrics: [[{ expression: `SEARCH('${search}', '${statistic}', 60)` }]],
            },
          })),
        }),
        { Region: region },
      ),
    })
  }
}

const graphs = (prefix: string): readonly Graph[] => [
  {
    title: 'API: time to answer (ms)',
    search: '{AWS/ApiGateway,ApiId} MetricName="Latency"',
    statistic: 'p99',
  },
  {
    title: 'Functions: errors',
    search: `{AWS/Lambda,FunctionName} MetricName="Errors" FunctionName="${prefix}"`,
    statistic: 'Sum',
  },
  {
    title: 'Functions: duration (ms)',
    search: `{AWS/Lambda,FunctionName} MetricName="Duration" FunctionName="${prefix}"`,
    statistic: 'p99',
  },
  {
    title: 'Relays: how late (ms)',
    search: `{AWS/Lambda,FunctionName} MetricName="IteratorAge" FunctionName="${prefix}"`,
    statistic: 'Maximum',
  },
  {
    title: 'Queues: oldest message (s)',
    search: `{AWS/SQS,QueueName} MetricName="ApproximateAgeOfOldestMessage" QueueName="${prefix}"`,
    statistic: 'Maximum',
  },
  {
    title: 'Queues: messages',
    search: `{AWS/SQS,QueueName} MetricName="ApproximateNumberOfMessagesVisible" QueueName="${prefix}"`,
    statistic: 'Maximum',
  },
  {
    title: 'Tables: throttled requests',
    search: `{AWS/DynamoDB,TableName,Operation} MetricName="ThrottledRequests" TableName="${prefix}"`,
    statistic: 'Sum',
  },
]
