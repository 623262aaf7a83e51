import * as z from 'zod'
import { idOf, inert, named, resourceType } from '../template/resource-type.ts'

export const secretTypes = {
  'AWS::SecretsManager::Secret': resourceType(
    z.strictObject({
      Name: z.string().optional(),
      SecretString: z.string().optional(),
      GenerateSecretString: z
        .strictObject({
          SecretStringTemplate: z.string().optional(),
          GenerateStringKey: z.string().optional(),
          PasswordLength: z.int().min(1).max(4_096).default(32),
          ExcludePunctuation: z.boolean().default(false),
          ExcludeCharacters: z.string().default(''),
        })
        .optional(),
      Description: inert,
      KmsKeyId: inert,
      Tags: inert,
    }),
    (naming) => {
      // AWS, too, ends the ARN in six characters that the name has not.
      const { name, arn } = named(naming, 'secretsmanager', 'secret:', 'Name', 512)
      const full = `${arn}-${idOf(naming, 6)}`
      return { name, arn: full, ref: full, attributes: { Id: full } }
    },
  ),
} as const
