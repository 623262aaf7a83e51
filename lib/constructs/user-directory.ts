import { Duration, Validations } from 'aws-cdk-lib/core'
import {
  AccountRecovery,
  CfnUserPoolGroup,
  FeaturePlan,
  Mfa,
  StringAttribute,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito'
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'
import { env } from '../../functions/runtime/env.ts'
import { Role, roles } from '../../schemas/access.ts'
import type { Stage } from '../stages.ts'
import type { ServiceFunction } from './service-function.ts'
import { removalPolicyOf } from './setting.ts'

/** Logical ids of the groups. */
const groupIds: Readonly<Record<Role, string>> = {
  owner: 'Owners',
  operator: 'Operators',
  support: 'Support',
  warehouse: 'WarehouseStaff',
  finance: 'Finance',
  'read-only': 'Readers',
  customer: 'Customers',
}

/** The users and their roles: a Cognito user pool that only the users service writes to. */
export class UserDirectory extends Construct {
  readonly pool: UserPool
  readonly client: UserPoolClient
  /** What holds of users now: written by the users service, read item by item by every function that checks tokens. */
  readonly principals: Table
  /** The issuer that tokens of the pool name. */
  readonly issuer: string

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id)
    this.pool = new UserPool(this, 'Pool', {
      signInAliases: { email: true },
      signInCaseSensitive: false,
      selfSignUpEnabled: false,
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      // The same as `Password` in schemas/users.ts.
      passwordPolicy: {
        minLength: 8,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      // How an account came to be, which never changes.
      customAttributes: { origin: new StringAttribute({ mutable: false, maxLen: 20 }) },
      mfa: Mfa.OFF,
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: stage.keepsData,
      removalPolicy: removalPolicyOf(stage),
    })
    const { userPoolProviderUrl, userPoolProviderName } = this.pool
    this.issuer = stage.emulated ? `https://${userPoolProviderName}` : userPoolProviderUrl
    this.client = this.pool.addClient('Client', {
      generateSecret: false,
      disableOAuth: true,
      authFlows: { adminUserPassword: true },
      preventUserExistenceErrors: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(30),
      enableTokenRevocation: true,
    })
    this.principals = new Table(this, 'Principals', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      deletionProtection: stage.keepsData,
      removalPolicy: removalPolicyOf(stage),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: stage.keepsData },
    })
    if (!stage.keepsData) {
      Validations.of(this.principals).acknowledge({
        id: 'AwsSolutions-DDB3',
        reason: `${stage.name} keeps no data that anyone would want back.`,
      })
    }
    for (const groupName of Role.options) {
      new CfnUserPoolGroup(this, groupIds[groupName], {
        userPoolId: this.pool.userPoolId,
        groupName,
        description: roles[groupName].description,
      })
    }
    Validations.of(this.pool).acknowledge(
      {
        id: 'AwsSolutions-COG2',
        reason: 'Customers of a shop sign in by password alone; a second factor is for each deployment to decide.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason: 'The plus plan costs per active user; a deployment that wants its threat protection switches it on.',
      },
    )
  }

  /** Lets a function check the tokens of the pool, whose keys are public, and what holds of their users. */
  letCheck(fn: ServiceFunction): void {
    const { tableName, tableArn } = this.principals
    fn.bind(
      {
        [env.userPool]: this.pool.userPoolId,
        [env.userPoolClient]: this.client.userPoolClientId,
        [env.principals]: tableName,
      },
      { actions: ['dynamodb:GetItem'], on: [tableArn] },
    )
  }

  /** Lets a function register users, sign them in, refresh their tokens and write what holds of them. */
  bindTo(fn: ServiceFunction): void {
    fn.bind(
      {},
      {
        actions: [
          'cognito-idp:AdminAddUserToGroup',
          'cognito-idp:AdminCreateUser',
          'cognito-idp:AdminDeleteUser',
          'cognito-idp:AdminDisableUser',
          'cognito-idp:AdminEnableUser',
          'cognito-idp:AdminGetUser',
          'cognito-idp:AdminInitiateAuth',
          'cognito-idp:AdminListGroupsForUser',
          'cognito-idp:AdminRemoveUserFromGroup',
          'cognito-idp:AdminSetUserPassword',
        ],
        on: [this.pool.userPoolArn],
      },
      { actions: ['dynamodb:PutItem'], on: [this.principals.tableArn] },
    )
  }
}
