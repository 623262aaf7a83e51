import { HttpProblem } from './errors.ts'

/** The largest body, in bytes. */
export const maxBodyBytes = 1_048_576

/** The fields of an API Gateway request that describe its body. */
export interface SentBody {
  readonly body?: string | undefined
  readonly isBase64Encoded: boolean
  readonly headers: Readonly<Record<string, string | undefined>>
}

export interface MediaType {
  /** In lower case, without parameters. */
  readonly name: string
  /** The parameter `charset`, in lower case. */
  readonly charset: string | undefined
}

export function mediaTypeOf(contentType = ''): MediaType {
  const [name = '', ...parameters] = contentType.split(';').map((part) => part.trim())
  const charset = parameters.find((parameter) => /^charset=/i.test(parameter))?.slice('charset='.length)
  return { name: name.toLowerCase(), charset: charset?.replaceAll('"', '').trim().toLowerCase() }
}

/**
 * The text of a body: UTF-8, or, for files, the encoding that their `charset` names (by the labels of the Encoding Standard). A byte order mark of a file is skipped.
 *
 * API Gateway hands a body over in base64, as it came, unless its media type is `text/*`, `application/json` or another that it takes for text; then
 * it hands over text, and what was not UTF-8 is U+FFFD by then. The length that the client has sent distinguishes those from characters U+FFFD
 * that were really there.
 *
 * Throws `HttpProblem`: 413 `body_too_large`, 415 `unsupported_charset`, and 400 `invalid_encoding` with the offset of the first bad byte.
 */
export function textOf(sent: SentBody, { name, charset }: MediaType, as: 'json' | 'file'): string {
  const bytes = Buffer.from(sent.body ?? '', sent.isBase64Encoded ? 'base64' : 'utf8')
  if (bytes.length > maxBodyBytes) throw new HttpProblem('body_too_large', `A body has at most ${maxBodyBytes} bytes.`)
  const encoding = encodingOf(charset)
  if (encoding === undefined || (as === 'json' && encoding !== 'utf-8'))
    throw new HttpProblem('unsupported_charset', `Send ${name} as UTF-8; the charset is unknown or not for it.`)
  if (!sent.isBase64Encoded && isReplaced(sent, bytes))
    throw invalidEncoding(encoding, bytes.indexOf(replacement), true)
  try {
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: as === 'json' }).decode(bytes)
    return windows1252Of(text, encoding)
  } catch {
    throw invalidEncoding(encoding, encoding === 'utf-8' ? firstBadByte(bytes) : firstRefusedByte(bytes, encoding))
  }
}

/** The name of the encoding; undefined for a label that nobody knows. ASCII is UTF-8 as well. */
function encodingOf(label = 'utf-8'): string | undefined {
  if (label === 'us-ascii' || label === 'ascii') return 'utf-8'
  try {
    return new TextDecoder(label).encoding
  } catch {
    return undefined
  }
}

const replacement = Buffer.from('\uFFFD')

/** Whether the gateway has replaced what was not UTF-8: the body is not as long as it was sent. */
function isReplaced({ headers }: SentBody, bytes: Buffer): boolean {
  const length = headers['content-length']
  return length !== undefined && Number(length) !== bytes.length && bytes.includes(replacement)
}

/** The offset of the first byte that is not UTF-8. */
function firstBadByte(bytes: Buffer): number {
  let offset = 0
  for (const part of bytes.toString('utf8').split('\uFFFD')) {
    offset += Buffer.byteLength(part)
    if (!bytes.subarray(offset, offset + replacement.length).equals(replacement)) return offset
    offset += replacement.length
  }
  return offset
}

/** The offset of the byte at which a decoder gives up, found by halves: a decoder that is promised more takes every beginning before it. */
function firstRefusedByte(bytes: Buffer, encoding: string): number {
  let [good, bad] = [0, bytes.length + 1]
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (isBeginning(bytes.subarray(0, middle), encoding)) good = middle
    else bad = middle
  }
  return good
}

function isBeginning(bytes: Buffer, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

// Node 24.9 reads these bytes as ISO 8859-1 has them: https://encoding.spec.whatwg.org/#windows-1252
const windows1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ'
/** The text of a decoder of that encoding, with the characters that Windows-1252 has in the place of control characters. */
export const windows1252Of = (text: string, encoding: string): string =>
  encoding === 'windows-1252' ? text.replaceAll(/[\u0080-\u009F]/g, inWindows1252) : text

const inWindows1252 = (character: string): string => windows1252.charAt(character.charCodeAt(0) - 0x80)

function invalidEncoding(encoding: string, offset: number, replaced = false): HttpProblem {
  const hint = replaced
    ? 'Text types pass the gateway as UTF-8 only: send UTF-8, or a file in another charset as application/x-ndjson or application/csv.'
    : 'Send the body in the charset that it declares; without one it is UTF-8.'
  return new HttpProblem('invalid_encoding', `Byte ${offset} of the body is not ${encoding}. ${hint}`, {
    errors: [{ path: '', message: `byte ${offset} is not ${encoding}` }],
  })
}
