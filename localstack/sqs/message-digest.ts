import { createHash, hash } from 'node:crypto'
import type { MessageAttributes, MessageAttributeValue } from './message.ts'

export const bodyDigest = (body: string): string => hash('md5', body)

/** `MD5OfMessageAttributes`, as the SQS developer guide defines it ("Calculating the MD5 message digest for message attributes"). */
export function attributesDigest(attributes: MessageAttributes | undefined): string | undefined {
  const entries = Object.entries(attributes ?? {})
  if (entries.length === 0) return undefined
  const hash = createHash('md5')
  const add = (bytes: Buffer): void => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    hash.update(length).update(bytes)
  }
  for (const [name, value] of entries.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    add(Buffer.from(name))
    add(Buffer.from(value.DataType))
    hash.update(Buffer.from([value.BinaryValue === undefined ? 1 : 2]))
    add(contentOf(value))
  }
  return hash.digest('hex')
}

/** What attributes add to the size of a message: names, types and values. */
export function attributeBytes(attributes: MessageAttributes | undefined): number {
  let bytes = 0
  for (const [name, value] of Object.entries(attributes ?? {})) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value.DataType) + contentOf(value).length
  }
  return bytes
}

const contentOf = (value: MessageAttributeValue): Buffer =>
  value.BinaryValue === undefined ? Buffer.from(value.StringValue ?? '') : Buffer.from(value.BinaryValue, 'base64')
