import { AwsError } from '../endpoint/aws-error.ts'

export interface BucketSettings {
  readonly name: string
  readonly arn: string
  /** How long objects are kept, by the rules of the bucket; for ever without it. */
  readonly expirationDays?: number
}

export interface StoredObject {
  readonly key: string
  readonly body: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** A bucket of S3 without versions: the last object of a key. */
export class Bucket {
  readonly settings: BucketSettings
  readonly #now: () => number
  readonly #objects = new Map<string, StoredObject>()

  constructor(settings: BucketSettings, now: () => number) {
    this.settings = settings
    this.#now = now
  }

  put(key: string, body: string): void {
    this.#objects.set(key, { key, body, at: this.#now() })
  }

  /** Throws AwsError `NoSuchKey`. */
  get(key: string): StoredObject {
    this.#expire()
    const found = this.#objects.get(key)
    if (found === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404)
    return found
  }

  /** A key that is not there is as good as deleted. */
  delete(key: string): void {
    this.#objects.delete(key)
  }

  /** In the order of their keys. */
  list(prefix = ''): StoredObject[] {
    this.#expire()
    return [...this.#objects.values()]
      .filter(({ key }) => key.startsWith(prefix))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
  }

  #expire(): void {
    const { expirationDays = Infinity } = this.settings
    const oldest = this.#now() - expirationDays * 86_400_000
    for (const { key, at } of this.#objects.values()) if (at <= oldest) this.#objects.delete(key)
  }
}
