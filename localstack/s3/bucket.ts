import { hash } from 'node:crypto'
import { AwsError } from '../endpoint/aws-error.ts'

export interface BucketSettings {
  readonly name: string
  readonly arn: string
  /** How long objects are kept, by the rules of the bucket: those whose keys begin with the prefix. */
  readonly expirations?: readonly { readonly prefix: string; readonly days: number }[]
}

export interface StoredObject {
  readonly key: string
  readonly body: Buffer
  /** Milliseconds since 1970. */
  readonly at: number
  readonly contentType?: string
}

/** How an object came: what S3 calls the event. */
export type Creation = 'ObjectCreated:Put' | 'ObjectCreated:Post'

/** A bucket of S3 without versions: the last object of a key. */
export class Bucket {
  readonly settings: BucketSettings
  /** Called with each new object. */
  created: ((object: StoredObject, how: Creation) => void) | undefined
  readonly #now: () => number
  readonly #objects = new Map<string, StoredObject>()

  constructor(settings: BucketSettings, now: () => number) {
    this.settings = settings
    this.#now = now
  }

  put(key: string, body: string | Buffer, contentType?: string, how: Creation = 'ObjectCreated:Put'): void {
    const object = { key, body: Buffer.from(body), at: this.#now(), ...(contentType !== undefined && { contentType }) }
    this.#objects.set(key, object)
    this.created?.(object, how)
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
    for (const { prefix, days } of this.settings.expirations ?? []) {
      const oldest = this.#now() - days * 86_400_000
      for (const { key, at } of this.#objects.values())
        if (key.startsWith(prefix) && at <= oldest) this.#objects.delete(key)
    }
  }
}

/** What S3 names an object that came in one piece by. */
export const etagOf = ({ body }: StoredObject): string => hash('md5', body)
