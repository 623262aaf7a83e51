import { AwsError } from '../endpoint/aws-error.ts'
import type { OutgoingMessage } from './message.ts'
import { attributeBytes } from './message-digest.ts'

const forbiddenCharacters = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u

/** Throws unless SQS takes the message: its characters, its attributes (at most 10) and its size in bytes with them. */
export function requireMessage(message: OutgoingMessage, limit: number): void {
  if (message.MessageBody === '')
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.')
  if (forbiddenCharacters.test(message.MessageBody)) {
    throw new AwsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.',
    )
  }
  const count = Object.keys(message.MessageAttributes ?? {}).length
  if (count > 10) throw invalid(`Number of message attributes [${count}] exceeds the allowed maximum [10].`)
  if (Buffer.byteLength(message.MessageBody) + attributeBytes(message.MessageAttributes) > limit) {
    throw invalid(`One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`)
  }
}

/** A parameter that SQS refuses. */
export const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message)

/** Throws unless the value is a whole number of seconds from 0 to `most`. */
export function requireSeconds(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= most) return
  throw invalid(`Value ${value} for parameter ${name} is invalid. Reason: Must be between 0 and ${most}, if provided.`)
}

/** Throws for what was never a receipt handle. */
export function requireHandle(handle: string): void {
  if (/^[0-9a-f-]{36} [0-9a-f-]{36}$/.test(Buffer.from(handle, 'base64').toString())) return
  throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`)
}
