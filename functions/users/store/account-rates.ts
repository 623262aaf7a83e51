import type { Sender } from '../../runtime/http.ts'
import { networkOf } from '../../runtime/network.ts'
import { admit } from '../../runtime/rates.ts'
import type { UsersDeps } from '../deps.ts'

/** Counts a registration. Throws `HttpProblem` 429 where there were too many from the address. */
export async function admitRegistration(deps: UsersDeps, cause: string, { ip }: Sender): Promise<void> {
  const { registrationsOfAddress: rate } = deps.rates
  await admit(deps, cause, [{ name: 'registrationsOfAddress', of: [networkOf(ip)], rate }])
}

/** Counts a request to reset a password. Throws `HttpProblem` 429 where there were too many from the address. */
export async function admitReset(deps: UsersDeps, cause: string, { ip }: Sender): Promise<void> {
  const { resetsOfAddress: rate } = deps.rates
  await admit(deps, cause, [{ name: 'resetsOfAddress', of: [networkOf(ip)], rate }])
}
