import { AwsError } from '../endpoint/aws-error.ts'

/** An entry of `PutEvents` as on the wire; `Time` in seconds since 1970. */
export interface PutEventsEntry {
  readonly Source?: string
  readonly DetailType?: string
  readonly Detail?: string
  readonly EventBusName?: string
  readonly Resources?: readonly string[]
  readonly Time?: number
  readonly TraceHeader?: string | undefined
}

export interface EntryFault {
  readonly ErrorCode: string
  readonly ErrorMessage: string
}

const mostEntries = 10
const largestRequest = 262_144

/** Refuses a whole request with AwsError `ValidationException`: 1-10 entries, 256 KB together. */
export function requireEntries(entries: readonly PutEventsEntry[]): void {
  if (entries.length < 1 || entries.length > mostEntries) {
    const bound = entries.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${mostEntries}`
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${bound}`,
    )
  }
  if (entries.reduce((sum, entry) => sum + entryBytes(entry), 0) > largestRequest) {
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.')
  }
}

/** The detail of an entry, or what is wrong with it. */
export function readEntry(entry: PutEventsEntry): { readonly detail: object } | EntryFault {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[name]) {
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      }
    }
  }
  if (entry.Source?.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' }
  }
  const detail = jsonObject(entry.Detail ?? '')
  return detail ? { detail } : { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
}

/** Size as the EventBridge user guide counts it ("Calculating PutEvents event entry size"). */
function entryBytes(entry: PutEventsEntry): number {
  const texts = [entry.Source ?? '', entry.DetailType ?? '', entry.Detail ?? '', ...(entry.Resources ?? [])]
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), entry.Time === undefined ? 0 : 14)
}

function jsonObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
