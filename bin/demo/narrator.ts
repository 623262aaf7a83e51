/** Writes a story down as it happens, and remembers whether every promise was kept. */
export class Narrator {
  private readonly write: (line: string) => void
  private broken = 0

  constructor(write: (line: string) => void) {
    this.write = write
  }

  /** How many promises were not kept. */
  get brokenPromises(): number {
    return this.broken
  }

  title(text: string): void {
    this.write(`\n${text}\n${'-'.repeat(text.length)}`)
  }

  print(text: string): void {
    this.write(text)
  }

  /** What was sent. */
  asked(request: string, body?: unknown): void {
    this.write(`  > ${request}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`)
  }

  /** What came back. */
  answered(...answers: readonly unknown[]): void {
    this.write(`  < ${answers.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join(' ')}`)
  }

  promise(text: string, kept: boolean): void {
    if (!kept) this.broken += 1
    this.write(`  ${kept ? 'KEPT  ' : 'BROKEN'} ${text}`)
  }
}
