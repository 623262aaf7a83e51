import { services } from '../../schemas/contract.ts'
import type { Caller } from './http.ts'

const names: ReadonlySet<string> = new Set(services)

/** The user or service behind a change, as the caller may know it: operators see its id, customers a role alone. */
export function actorFor({ id, privileged }: Pick<Caller, 'id' | 'privileged'>, by: string): string {
  if (privileged) return by
  if (by === id) return 'you'
  return names.has(by) ? 'system' : 'support'
}
