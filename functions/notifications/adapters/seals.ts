import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'

/** Keeps secrets so that nobody reads them in the table. */
export interface Seals {
  /** `of` is what the secret belongs to: at any other place it does not open. */
  seal(secret: string, of: string): Promise<string>
  /** Throws where it was not sealed with this key, for this place. */
  open(sealed: string, of: string): Promise<string>
}

const [nonceBytes, tagBytes] = [12, 16]

/** AES-256-GCM with a key that Secrets Manager keeps, and that a function reads once. */
export function secretSeals(client: SecretsManagerClient, secretId: string): Seals {
  let key: Promise<Uint8Array> | undefined
  const read = async (): Promise<Uint8Array> => {
    const { SecretString: text = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }))
    if (text.length < 32) throw new Error(`The secret ${secretId} is too short for a key.`)
    return keyOf(text)
  }
  const known = async (): Promise<Uint8Array> => {
    key ??= read()
    try {
      return await key
    } catch (error) {
      key = undefined
      throw error
    }
  }
  return {
    seal: async (secret, of) => sealedWith(await known(), secret, of),
    open: async (sealed, of) => openedWith(await known(), sealed, of),
  }
}

/** The key that a text of chance stands for. */
export const keyOf = (text: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', text, '', 'holdfast webhook secrets', 32))

export function sealedWith(key: Uint8Array, secret: string, of: string): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(of))
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
}

export function openedWith(key: Uint8Array, sealed: string, of: string): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(of)).setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8')
}
