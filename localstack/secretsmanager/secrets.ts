import type { Assembly, Resource } from '../template/assembly.ts'
import type { StackClock } from '../clock/clock.ts'
import { uuid } from '../clock/uuid.ts'

/** One value that a secret has or had. */
export interface SecretVersion {
  readonly id: string
  readonly value: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

export interface SecretParts {
  readonly clock: Pick<StackClock, 'now'>
  readonly random: () => number
}

/** A secret with its value and the one before, which AWS calls `AWSCURRENT` and `AWSPREVIOUS`. */
export class Secret {
  readonly arn: string
  readonly name: string
  private readonly parts: SecretParts
  private versions: readonly SecretVersion[] = []

  constructor({ arn, name }: Pick<Secret, 'arn' | 'name'>, value: string, parts: SecretParts) {
    this.arn = arn
    this.name = name
    this.parts = parts
    this.put(value)
  }

  get current(): SecretVersion | undefined {
    return this.versions[0]
  }

  get previous(): SecretVersion | undefined {
    return this.versions[1]
  }

  put(value: string): SecretVersion {
    const { clock, random } = this.parts
    const version = { id: uuid(random), value, createdAt: clock.now() }
    this.versions = [version, ...this.versions].slice(0, 2)
    return version
  }
}

/** The secrets of the templates. */
export function deploySecrets(assembly: Assembly, parts: SecretParts): readonly Secret[] {
  return assembly
    .of('AWS::SecretsManager::Secret')
    .map((resource) => new Secret(resource, valueOf(resource, parts.random), parts))
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'

function valueOf({ properties }: Resource<'AWS::SecretsManager::Secret'>, random: () => number): string {
  const { SecretString, GenerateSecretString: wanted } = properties
  if (wanted === undefined) return SecretString ?? ''
  const alphabet = Array.from(letters + (wanted.ExcludePunctuation ? '' : punctuation)).filter(
    (character) => !wanted.ExcludeCharacters.includes(character),
  )
  const password = Array.from(
    { length: wanted.PasswordLength },
    () => alphabet[Math.floor(random() * alphabet.length)],
  ).join('')
  if (wanted.SecretStringTemplate === undefined || wanted.GenerateStringKey === undefined) return password
  return JSON.stringify({
    ...(JSON.parse(wanted.SecretStringTemplate) as object),
    [wanted.GenerateStringKey]: password,
  })
}
