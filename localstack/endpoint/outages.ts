import { AwsError } from './aws-error.ts'

/** AWS services that are away: every call of them is refused, as often as it is made. */
export class Outages {
  private readonly away = new Set<string>()

  /** `service` as in a client's package: `dynamodb`, `sqs`. */
  begin(service: string): void {
    this.away.add(service)
  }

  end(): void {
    this.away.clear()
  }

  list(): readonly string[] {
    return [...this.away]
  }

  /** Throws AwsError `ServiceUnavailable`, status 503, while the service is away. */
  check(service: string): void {
    if (this.away.has(service)) throw new AwsError('ServiceUnavailable', `${service} is away.`, 503)
  }
}
