import * as z from 'zod'
import { idOf, inert, resourceType, text } from '../template/resource-type.ts'

export const cognitoTypes = {
  'AWS::Cognito::UserPool': resourceType(
    z
      .strictObject({
        UserPoolName: z.string().optional(),
        Policies: z
          .strictObject({
            PasswordPolicy: z
              .strictObject({
                MinimumLength: z.int().default(8),
                RequireLowercase: z.boolean().default(false),
                RequireUppercase: z.boolean().default(false),
                RequireNumbers: z.boolean().default(false),
                RequireSymbols: z.boolean().default(false),
                PasswordHistorySize: inert,
                TemporaryPasswordValidityDays: z.int().default(7),
              })
              .optional(),
            SignInPolicy: inert,
          })
          .optional(),
        UsernameAttributes: z.array(z.literal('email')).default([]),
        UsernameConfiguration: z.strictObject({ CaseSensitive: z.boolean() }).optional(),
        AdminCreateUserConfig: z.strictObject({ AllowAdminCreateUserOnly: z.boolean().default(false) }).optional(),
        Schema: z.array(z.looseObject({ Name: z.string() })).default([]),
        AutoVerifiedAttributes: inert,
        MfaConfiguration: z.literal('OFF').optional(),
        AccountRecoverySetting: z
          .strictObject({ RecoveryMechanisms: z.array(z.strictObject({ Name: z.string(), Priority: z.int() })) })
          .optional(),
        DeletionProtection: inert,
        EmailVerificationMessage: inert,
        EmailVerificationSubject: inert,
        SmsVerificationMessage: inert,
        VerificationMessageTemplate: inert,
        UserPoolAddOns: inert,
        UserPoolTier: z.enum(['LITE', 'ESSENTIALS', 'PLUS']).default('ESSENTIALS'),
        LambdaConfig: z
          .strictObject({
            PreTokenGenerationConfig: z
              .strictObject({ LambdaArn: z.string(), LambdaVersion: z.literal('V2_0') })
              .optional(),
          })
          .optional(),
        UserPoolTags: inert,
      })
      .refine(
        ({ UserPoolTier, LambdaConfig }) =>
          UserPoolTier !== 'LITE' || LambdaConfig?.PreTokenGenerationConfig === undefined,
        'access tokens are changed in the plans Essentials and Plus alone',
      ),
    (naming) => {
      const id = `${naming.place.region}_${idOf(naming, 9)}`
      const arn = `arn:aws:cognito-idp:${naming.place.region}:${naming.place.account}:userpool/${id}`
      const provider = `cognito-idp.${naming.place.region}.amazonaws.com/${id}`
      const attributes = { Arn: arn, UserPoolId: id, ProviderName: provider, ProviderURL: `https://${provider}` }
      return { name: id, arn, ref: id, attributes }
    },
  ),
  'AWS::Cognito::UserPoolClient': resourceType(
    z.strictObject({
      UserPoolId: z.string(),
      ClientName: z.string().optional(),
      ExplicitAuthFlows: z.array(z.string()).default([]),
      GenerateSecret: z.boolean().default(false),
      AccessTokenValidity: z.int().optional(),
      IdTokenValidity: z.int().optional(),
      RefreshTokenValidity: z.int().optional(),
      TokenValidityUnits: z
        .strictObject({
          AccessToken: z.string().optional(),
          IdToken: z.string().optional(),
          RefreshToken: z.string().optional(),
        })
        .optional(),
      EnableTokenRevocation: z.boolean().optional(),
      PreventUserExistenceErrors: z.enum(['ENABLED', 'LEGACY']).default('LEGACY'),
      AllowedOAuthFlows: inert,
      AllowedOAuthFlowsUserPoolClient: inert,
      AllowedOAuthScopes: inert,
      CallbackURLs: inert,
      ReadAttributes: inert,
      SupportedIdentityProviders: inert,
      WriteAttributes: z.array(z.string()).optional(),
    }),
    (naming) => {
      const id = idOf(naming, 26)
      return { name: id, arn: id, ref: id, attributes: { ClientId: id, Name: naming.logicalId } }
    },
  ),
  'AWS::Cognito::UserPoolGroup': resourceType(
    z.strictObject({
      UserPoolId: z.string(),
      GroupName: z.string(),
      Description: inert,
      Precedence: z.int().optional(),
    }),
    (naming) => {
      const name = text(naming.property('GroupName')) ?? naming.logicalId
      return { name, arn: name, ref: name, attributes: {} }
    },
  ),
} as const
