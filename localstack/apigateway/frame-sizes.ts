/** The bytes of a frame's header before its length and its mask: RFC 6455, section 5.2. */
const shortestHeader = 2

/**
 * Reads the sizes of the frames that a client sends, of which a WebSocket library shows no more than the messages that they make. Bytes come in
 * pieces of any size.
 */
export class FrameSizes {
  #header = Buffer.alloc(0)
  /** Bytes of the frame that are still to come. */
  #rest = 0
  readonly #mostBytes: number

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** Whether a frame began in these bytes that has more than it may. */
  take(bytes: Buffer): boolean {
    for (let at = 0; at < bytes.length;) {
      if (this.#rest > 0) {
        const taken = Math.min(this.#rest, bytes.length - at)
        this.#rest -= taken
        at += taken
        continue
      }
      this.#header = Buffer.concat([this.#header, bytes.subarray(at, at + 1)])
      at += 1
      const size = sizeOf(this.#header)
      if (size === undefined) continue
      if (size > this.#mostBytes) return true
      this.#header = Buffer.alloc(0)
      this.#rest = size
    }
    return false
  }
}

/** The size of the payload; undefined while the header is not whole, its mask included. */
function sizeOf(header: Buffer): number | undefined {
  const second = header[1]
  if (second === undefined) return undefined
  const length = second & 0x7f
  const lengthBytes = length === 126 ? 2 : length === 127 ? 8 : 0
  const maskBytes = second & 0x80 ? 4 : 0
  if (header.length < shortestHeader + lengthBytes + maskBytes) return undefined
  if (lengthBytes === 2) return header.readUInt16BE(2)
  return lengthBytes === 8 ? Number(header.readBigUInt64BE(2)) : length
}
