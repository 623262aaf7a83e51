/** A promise that was broken, by its name. */
export class Violation extends Error {
  override readonly name = 'Violation'
  readonly promise: string

  constructor(promise: string, detail: string, options?: ErrorOptions) {
    super(`${promise}: ${detail}`, options)
    this.promise = promise
  }
}
