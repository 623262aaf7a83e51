/** What happened, as a hash always and as lines when somebody wants to read it. */
export class Trace {
  readonly lines: string[] = []
  readonly #keeps: boolean
  readonly #now: () => number
  readonly #start: number
  #high = 0x811c_9dc5
  #low = 0x0100_0193

  constructor(now: () => number, keeps: boolean) {
    this.#now = now
    this.#start = now()
    this.#keeps = keeps
  }

  write(line: string): void {
    const at = this.#now() - this.#start
    this.#mix(at % 0x7fff_ffff)
    for (let index = 0; index < line.length; index += 1) this.#mix(line.charCodeAt(index))
    if (this.#keeps) this.lines.push(`${timeText(at)}  ${line}`)
  }

  hash(): string {
    return [this.#high, this.#low].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('')
  }

  #mix(value: number): void {
    this.#high = Math.imul(this.#high ^ value, 0x0100_0193)
    this.#low = Math.imul(this.#low ^ (value + 0x9e37), 0x85eb_ca6b) ^ (this.#low >>> 13)
  }
}

/** `1d 02:03:04.005` */
function timeText(milliseconds: number): string {
  const days = Math.floor(milliseconds / 86_400_000)
  const rest = new Date(milliseconds % 86_400_000).toISOString().slice(11, 23)
  return days > 0 ? `${days}d ${rest}` : rest
}
