/** An event as targets get it. */
export interface BusEvent {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': string
  readonly source: string
  readonly account: string
  /** RFC 3339, whole seconds, UTC. */
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: unknown
  readonly 'replay-name'?: string
}
