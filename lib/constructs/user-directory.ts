import { ArnFormat, Duration, Stack, Validations } from 'aws-cdk-lib/core'
import {
  AccountRecovery,
  ClientAttributes,
  type CfnUserPool,
  CfnUserPoolGroup,
  FeaturePlan,
  Mfa,
  StringAttribute,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito'
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { usedPrefix } from '../../functions/runtime/api-key.ts'
import { env } from '../../functions/runtime/env.ts'
import { Role, roles } from '../../schemas/access.ts'
import { ServiceFunction } from './service-function.ts'
import { type Setting, removalPolicyOf } from './setting.ts'

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
  /** What the users service signs in with: its secret is known to that service alone. */
  readonly client: UserPoolClient
  /** The client of the last release, whose services accept its tokens alone. It goes with the next release. */
  readonly formerClient: UserPoolClient
  /** What holds of users now: written by the users service, read item by item by every function that checks tokens. */
  readonly principals: Table
  /** The issuer that tokens of the pool name. */
  readonly issuer: string

  constructor(scope: Construct, id: string, setting: Setting) {
    super(scope, id)
    const { stage } = setting
    this.pool = new UserPool(this, 'Pool', {
      signInAliases: { email: true },
      signInCaseSensitive: false,
      selfSignUpEnabled: false,
      // Codes are ours: a pool that mails its own goes around what ends sessions.
      accountRecovery: AccountRecovery.NONE,
      autoVerify: { email: false, phone: false },
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
      // The least that lets a trigger change access tokens.
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: stage.keepsData,
      removalPolicy: removalPolicyOf(stage),
    })
    this.limitTokens(setting)
    const { userPoolProviderUrl, userPoolProviderName } = this.pool
    this.issuer = stage.emulated ? `https://${userPoolProviderName}` : userPoolProviderUrl
    const options = {
      disableOAuth: true,
      authFlows: { adminUserPassword: true },
      preventUserExistenceErrors: true,
      accessTokenValidity: Duration.minutes(15),
      idTokenValidity: Duration.minutes(15),
      refreshTokenValidity: Duration.days(30),
      enableTokenRevocation: true,
      // An empty list would stand for all: the one that nothing here reads.
      writeAttributes: new ClientAttributes().withStandardAttributes({ locale: true }),
    }
    this.formerClient = this.pool.addClient('Client', { ...options, generateSecret: false })
    this.client = this.pool.addClient('ServerClient', { ...options, generateSecret: true })
    this.principals = new Table(this, 'Principals', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'ttl',
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

  /**
   * Access tokens of the pool open nothing at the pool itself. The pool may invoke the function before it names it, in a deployment too: who
   * signs in meanwhile would be refused. The permission is for the pools of the account: the one of this pool alone could only be made after it.
   */
  private limitTokens(setting: Setting): void {
    const { lambda } = new ServiceFunction(this, 'Tokens', { setting, kind: 'tokens' })
    lambda.addPermission('Pools', {
      principal: new ServicePrincipal('cognito-idp.amazonaws.com'),
      sourceArn: Stack.of(this).formatArn({
        service: 'cognito-idp',
        resource: 'userpool',
        resourceName: '*',
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
    })
    const pool = this.pool.node.defaultChild as CfnUserPool
    pool.lambdaConfig = { preTokenGenerationConfig: { lambdaArn: lambda.functionArn, lambdaVersion: 'V2_0' } }
    pool.node.addDependency(lambda)
  }

  /** Lets a function check the tokens of the pool, whose keys are public, API keys, and what holds of their users; and write when a key was used. */
  letCheck(fn: ServiceFunction): void {
    const { tableName, tableArn } = this.principals
    fn.bind(
      {
        [env.userPool]: this.pool.userPoolId,
        [env.userPoolClient]: this.client.userPoolClientId,
        [env.formerUserPoolClient]: this.formerClient.userPoolClientId,
        [env.principals]: tableName,
      },
      { actions: ['dynamodb:GetItem'], on: [tableArn] },
      {
        actions: ['dynamodb:PutItem'],
        on: [tableArn],
        when: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${usedPrefix}*`] } },
      },
    )
  }

  /** Lets a function erase accounts, and write that nothing of them opens anything. */
  letErase(fn: ServiceFunction): void {
    fn.bind(
      {
        [env.userPool]: this.pool.userPoolId,
        [env.userPoolClient]: this.client.userPoolClientId,
        [env.principals]: this.principals.tableName,
      },
      { actions: ['cognito-idp:AdminDeleteUser'], on: [this.pool.userPoolArn] },
      { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], on: [this.principals.tableArn] },
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
          'cognito-idp:AdminUpdateUserAttributes',
          'cognito-idp:DescribeUserPoolClient',
        ],
        on: [this.pool.userPoolArn],
      },
      {
        actions: ['dynamodb:BatchGetItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:Query'],
        on: [this.principals.tableArn],
      },
    )
  }
}
