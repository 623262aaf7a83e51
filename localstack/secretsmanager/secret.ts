import type { StackClock } from '../clock/clock.ts'
import { uuid } from '../clock/uuid.ts'

/** One value that a secret has or had. */
export interface SecretVersion {
  readonly id: string
  readonly value: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

export interface SecretDeps {
  readonly clock: Pick<StackClock, 'now'>
  readonly random: () => number
}

/** A secret with its value and the one before, which AWS calls `AWSCURRENT` and `AWSPREVIOUS`. */
export class Secret {
  readonly arn: string
  readonly name: string
  private readonly deps: SecretDeps
  private versions: readonly SecretVersion[] = []

  constructor({ arn, name }: Pick<Secret, 'arn' | 'name'>, value: string, deps: SecretDeps) {
    this.arn = arn
    this.name = name
    this.deps = deps
    this.put(value)
  }

  get current(): SecretVersion | undefined {
    return this.versions[0]
  }

  get previous(): SecretVersion | undefined {
    return this.versions[1]
  }

  put(value: string): SecretVersion {
    const { clock, random } = this.deps
    const version = { id: uuid(random), value, createdAt: clock.now() }
    this.versions = [version, ...this.versions].slice(0, 2)
    return version
  }
}
