import { Validations } from 'aws-cdk-lib/core'
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'
import { type EnvName, env } from '../../functions/runtime/env.ts'
import { placeOf } from '../../functions/runtime/store.rules.ts'
import type { Kind } from '../entry.ts'
import type { ServiceFunction } from './service-function.ts'
import { type Setting, removalPolicyOf } from './setting.ts'
import { own } from '../../schemas/own.ts'

/** What functions of a kind may do with the items of a table, where that is not all. */
export type TableGrants = Readonly<Partial<Record<Kind, readonly string[]>>>

/** What the write algebra of `functions/runtime/store.ts` needs of a table. */
const wholeAlgebra = [
  'dynamodb:GetItem',
  'dynamodb:BatchGetItem',
  'dynamodb:Query',
  'dynamodb:PutItem',
  'dynamodb:DeleteItem',
  'dynamodb:ConditionCheckItem',
]

/** By name: the kinds of functions that read an index. */
export type Indexes = Readonly<Record<string, readonly Kind[]>>

/** The one table of a service, for its functions alone. */
export class ServiceTable extends Construct {
  readonly table: Table
  private readonly indexes: Indexes
  private readonly grants: TableGrants

  /** An index `x` has the keys `xPk` and `xSk` and holds nothing but keys: a change costs an index write only when its place moves. */
  constructor(scope: Construct, id: string, { stage }: Setting, indexes: Indexes, grants: TableGrants = {}) {
    super(scope, id)
    this.indexes = indexes
    this.grants = grants
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      stream: StreamViewType.NEW_IMAGE,
      timeToLiveAttribute: 'ttl',
      deletionProtection: stage.keepsData,
      removalPolicy: removalPolicyOf(stage),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: stage.keepsData },
    })
    for (const indexName of Object.keys(indexes)) {
      const { partition, sort } = placeOf(indexName)
      this.table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: { name: partition, type: AttributeType.STRING },
        sortKey: { name: sort, type: AttributeType.STRING },
        projectionType: ProjectionType.KEYS_ONLY,
      })
    }
    if (!stage.keepsData) {
      Validations.of(this.table).acknowledge({
        id: 'AwsSolutions-DDB3',
        reason: `${stage.name} keeps no data that anyone would want back.`,
      })
    }
  }

  /** Lets a function use what its kind is granted, by default the whole write algebra, and query those indexes that its kind reads. */
  bindTo(fn: ServiceFunction): void {
    const { tableArn } = this.table
    const read = Object.keys(this.indexes).filter((index) => own(this.indexes, index)?.includes(fn.kind))
    fn.bind(
      { [env.table]: this.table.tableName },
      { actions: [...(this.grants[fn.kind] ?? wholeAlgebra)], on: [tableArn] },
      ...(read.length > 0
        ? [{ actions: ['dynamodb:Query'], on: read.map((index) => `${tableArn}/index/${index}`) }]
        : []),
    )
  }

  /** Lets a function read items by their keys: what an event needs beside its own item. */
  bindReadsTo(fn: ServiceFunction): void {
    fn.bind({ [env.table]: this.table.tableName }, { actions: ['dynamodb:BatchGetItem'], on: [this.table.tableArn] })
  }

  /** Lets a function of another service read single items whose partition begins like this. */
  letRead(fn: ServiceFunction, name: EnvName, prefix: string): void {
    const { tableName, tableArn } = this.table
    const when = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${prefix}*`] } }
    fn.bind({ [name]: tableName }, { actions: ['dynamodb:GetItem'], on: [tableArn], when })
  }

  /** Lets a function read the stream, and returns the stream's ARN. */
  bindStreamTo(fn: ServiceFunction): string {
    const { tableStreamArn } = this.table
    if (tableStreamArn === undefined) throw new Error('The table has no stream.')
    fn.bind(
      {},
      {
        actions: [
          'dynamodb:DescribeStream',
          'dynamodb:GetRecords',
          'dynamodb:GetShardIterator',
          'dynamodb:ListStreams',
        ],
        on: [tableStreamArn],
      },
    )
    return tableStreamArn
  }
}
