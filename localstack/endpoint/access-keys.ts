export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** The caller behind an access key. */
export interface Principal {
  /** The ARN of the role; without it the caller may do everything. */
  readonly role: string | undefined
  /** The function that calls, or `root`. */
  readonly name: string
}

/** The key of commands and tests: `local` with the secret `local`, free of IAM. */
export const rootCredentials: Credentials = { accessKeyId: 'local', secretAccessKey: 'local' }

/** The access keys of the stack: one for each worker, which identifies the function and the worker of every call. */
export class AccessKeys {
  private readonly principals = new Map<string, Principal>([
    [rootCredentials.accessKeyId, { role: undefined, name: 'root' }],
  ])
  /** Those that were forgotten, too: what they signed is good until it ends. */
  private readonly ever = new Map<string, Principal>()
  private issued = 0

  issue(principal: Principal): Credentials {
    this.issued += 1
    const accessKeyId = `ASIALOCAL${String(this.issued).padStart(11, '0')}`
    this.principals.set(accessKeyId, principal)
    this.ever.set(accessKeyId, principal)
    return { accessKeyId, secretAccessKey: 'local' }
  }

  forget(accessKeyId: string): void {
    this.principals.delete(accessKeyId)
  }

  /** The caller behind a key, also when its worker is gone. */
  everOf(accessKeyId: string): Principal | undefined {
    return this.principals.get(accessKeyId) ?? this.ever.get(accessKeyId)
  }

  of(accessKeyId: string): Principal | undefined {
    return this.principals.get(accessKeyId)
  }
}
