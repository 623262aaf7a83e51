import type { PaymentRates, UserRates } from '../schemas/rates.ts'

/** The rates of a stage, by the service that counts. */
export interface Rates {
  readonly users: UserRates
  readonly payments: PaymentRates
}

const day = 86_400
const hour = 3_600

/** What each stage begins with. */
export const rates: Rates = {
  users: {
    registrationsOfAddress: { most: 50, seconds: day },
    signInsOfAddress: { most: 5_000, seconds: day },
    wrongPasswords: { most: 10, seconds: hour, waits: { first: 1, longest: 900 } },
    wrongPasswordsOfAddress: { most: 100, seconds: hour, waits: { first: 1, longest: 900 } },
    // Cognito locks an account for everybody at the fifth wrong password, and forgets them after 15 minutes without a try.
    strangers: { most: 4, seconds: 1_200, waits: { first: 1_200, longest: 1_200 } },
    resetsOfAddress: { most: 50, seconds: day },
    codesOfAccount: { most: 5, seconds: hour },
  },
  payments: { declinedCards: { most: 20, seconds: day } },
}

const laptop = { most: 100_000, seconds: day }

/** Everybody on a laptop has one address: it registers and signs in as often as tests and replays need. Wrong passwords wait as elsewhere. */
export const localRates: Rates = {
  users: {
    ...rates.users,
    registrationsOfAddress: laptop,
    signInsOfAddress: laptop,
    resetsOfAddress: laptop,
    codesOfAccount: { most: 10, seconds: hour },
  },
  payments: { declinedCards: laptop },
}
