import * as z from 'zod'
import { AwsError } from '../endpoint/aws-error.ts'
import type { Secret } from './secret.ts'
import type { Call, Operations } from '../endpoint/call.ts'

const Named = z.object({ SecretId: z.string().min(1) })
const GetSecretValue = Named.extend({ VersionStage: z.enum(['AWSCURRENT', 'AWSPREVIOUS']).default('AWSCURRENT') })
const PutSecretValue = Named.extend({ SecretString: z.string().min(1).max(65_536) })

/** The operations of Secrets Manager that read and rotate a secret's text. */
export function secretsOperations(secrets: readonly Secret[]): Operations {
  function secretOf(call: Call): Secret {
    const { SecretId } = parse(Named, call)
    const secret = secrets.find(({ name, arn }) => name === SecretId || arn === SecretId)
    // A caller without permission gets the same answer whether the secret exists or not.
    call.authorize(`secretsmanager:${call.operation}`, secret?.arn ?? SecretId)
    if (secret === undefined)
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
    return secret
  }

  return {
    GetSecretValue: (call) => {
      const secret = secretOf(call)
      const { VersionStage: stage } = parse(GetSecretValue, call)
      const version = stage === 'AWSCURRENT' ? secret.current : secret.previous
      if (version === undefined)
        throw new AwsError(
          'ResourceNotFoundException',
          `Secrets Manager can't find the specified secret value for staging label: ${stage}`,
        )
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.id,
        SecretString: version.value,
        VersionStages: [stage],
        CreatedDate: version.createdAt / 1_000,
      }
    },
    PutSecretValue: (call) => {
      const secret = secretOf(call)
      const { id } = secret.put(parse(PutSecretValue, call).SecretString)
      return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: ['AWSCURRENT'] }
    },
    ListSecrets: (call) => {
      call.authorize('secretsmanager:ListSecrets', '*')
      return { SecretList: secrets.map(({ arn: ARN, name: Name }) => ({ ARN, Name })) }
    },
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, { input }: Call): z.infer<Schema> {
  const parsed = schema.safeParse(input)
  if (!parsed.success) throw new AwsError('ValidationException', z.prettifyError(parsed.error))
  return parsed.data
}
