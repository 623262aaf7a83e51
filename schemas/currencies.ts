/** A currency of ISO 4217. */
export interface CurrencyRule {
  /** Digits behind the point: a minor unit is that part of the currency. */
  readonly exponent: number
  /** How it is charged to cards; missing where that cannot be. */
  readonly card?: {
    /** Digits behind the point at the provider. */
    readonly exponent: number
    /** Of which amount, in minor units, every charge and every refund is a multiple. */
    readonly step: number
  }
}

/**
 * The currencies that money may be in, with the rules of Stripe for cards (https://docs.stripe.com/currencies); they hold for every provider,
 * so that an order can be refused before anybody knows who will charge it. Funds, metals and codes for tests are none.
 */
const table: readonly (CurrencyRule & { readonly codes: string })[] = [
  {
    exponent: 2,
    card: { exponent: 2, step: 1 },
    codes: `
      AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC CVE CZK
      DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES KGS KHR KYD KZT LAK LBP LKR
      LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB
      SAR SBD SCR SEK SGD SHP SLE SOS SRD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU UZS WST XCD XCG YER ZAR ZMW`,
  },
  {
    exponent: 0,
    card: { exponent: 0, step: 1 },
    codes: 'BIF CLP DJF GNF JPY KMF KRW PYG RWF VND VUV XAF XOF XPF',
  },
  // Stripe counts hundredths that there are not.
  { exponent: 0, card: { exponent: 2, step: 1 }, codes: 'ISK UGX' },
  // Its minor unit is a fifth, which no card pays: whole ones alone.
  { exponent: 2, card: { exponent: 0, step: 100 }, codes: 'MGA' },
  // The last of three digits is 0 at the card networks.
  { exponent: 3, card: { exponent: 3, step: 10 }, codes: 'BHD JOD KWD OMR TND' },
  {
    exponent: 2,
    codes: 'BOV BTN CHE CHW COU CUP ERN GHS IRR KPW MRU MXV SDG SSP STN SVC SYP TMT USN VED VES ZWG',
  },
  { exponent: 3, codes: 'IQD LYD' },
  { exponent: 4, codes: 'CLF UYW' },
  { exponent: 0, codes: 'UYI' },
]

/** Every currency by its code. */
export const currencies: ReadonlyMap<string, CurrencyRule> = new Map(
  table.flatMap(({ codes, ...rule }) =>
    codes
      .trim()
      .split(/\s+/)
      .map((code): [string, CurrencyRule] => [code, rule]),
  ),
)

interface Amount {
  /** In minor units. */
  readonly amount: number
  readonly currency: string
}

/** Why a card cannot be charged with that much, in words for the customer; undefined when it can. Nothing at all can be in any currency. */
export function cardRefusal({ amount, currency }: Amount): string | undefined {
  const { exponent = 0, card } = currencies.get(currency) ?? {}
  if (amount === 0) return undefined
  if (card === undefined) return `cards are not charged in ${currency}`
  if (amount % card.step === 0) return undefined
  const text = (minor: number): string => (minor / 10 ** exponent).toFixed(exponent)
  return `cards are charged in steps of ${text(card.step)} ${currency}, and this is ${text(amount)}`
}

/** The least amount, in minor units, that cards are charged with or given back; 1 where there is no rule. */
export const cardStep = (currency: string): number => currencies.get(currency)?.card?.step ?? 1
