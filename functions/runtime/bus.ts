/** An entry of PutEvents. */
export interface BusEntry {
  readonly source: string
  readonly detailType: string
  readonly detail: string
  /** Of the invocation that caused it; its bytes do not count. */
  readonly traceHeader?: string | undefined
}

/** An entry (by its index) that the bus did not take. */
export interface Refused {
  readonly index: number
  readonly cause: string
  /** It never will. */
  readonly isFinal?: true
}

/** The bus as the relay needs it: up to 10 entries and 256 KB a call; the answer names the entries that were not taken. */
export interface Bus {
  put(entries: readonly BusEntry[]): Promise<readonly Refused[]>
}

/** The largest entry, and the largest sum of entries in one PutEvents call, in bytes. */
export const maxCallBytes = 262_144
const maxCallEntries = 10
export const bytesOf = ({ source, detailType, detail }: BusEntry): number =>
  Buffer.byteLength(detail) + source.length + detailType.length

/** Cuts what is to be sent, in its order, into calls of ten at most and of no more bytes than one takes. */
export function* callsOf<Each>(
  all: readonly Each[],
  sizeOf: (each: Each) => number,
  maxBytes: number,
): Generator<Each[]> {
  let call: Each[] = []
  let bytes = 0
  for (const each of all) {
    const size = sizeOf(each)
    if (call.length === maxCallEntries || (call.length > 0 && bytes + size > maxBytes)) {
      yield call
      call = []
      bytes = 0
    }
    call.push(each)
    bytes += size
  }
  if (call.length > 0) yield call
}
