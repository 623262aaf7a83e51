import { type Service, services } from '../schemas/contract.ts'

/** What a command is asked for: a service, and a time that its items or events fall into. */
export const spanOptions = {
  service: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
} as const

/** The service that `--service` names. Throws an error of one line for anything else. */
export function serviceOf(name: string | undefined): Service {
  const service = services.find((each) => each === name)
  if (service === undefined) throw new Error(`--service needs one of ${services.join(', ')}.`)
  return service
}

/** The time that an option names. Throws an error of one line for anything else. */
export function timeOf(option: 'from' | 'to', text: string | undefined): Date {
  const time = new Date(text ?? '')
  if (Number.isNaN(time.getTime())) throw new Error(`--${option} needs a time such as 2026-11-28T10:00:00Z.`)
  return time
}
