import { Secret, type SecretDeps } from '../secretsmanager/secret.ts'
import type { Assembly, Resource } from './assembly.ts'

/** The secrets of the templates. */
export function deploySecrets(assembly: Assembly, deps: SecretDeps): readonly Secret[] {
  return assembly
    .of('AWS::SecretsManager::Secret')
    .map((resource) => new Secret(resource, valueOf(resource, deps.random), deps))
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
