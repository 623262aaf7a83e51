import { describe, expect, it } from 'vitest'
import { Country, countries } from '../../schemas/countries.ts'

const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
const letters = Array.from({ length: 26 }, (_, index) => String.fromCodePoint(0x41 + index))
/** What Unicode has a name for and ISO 3166-1 has not assigned: reserved for other uses, withdrawn, or assigned by users. */
const unassigned = 'AC AN BU CP CQ CS DD DG DY EA EU EZ FX HV IC NH QO RH SU TA TP UK UN VD XA XB XK YD YU ZR ZZ'.split(
  ' ',
)

describe('a country', () => {
  it('is one of the 249 of ISO 3166-1, as Unicode knows them, or Kosovo', () => {
    const known = letters.flatMap((first) => letters.map((second) => first + second)).filter((code) => names.of(code))
    expect([...countries].toSorted()).toEqual([...known.filter((code) => !unassigned.includes(code)), 'XK'].toSorted())
    expect(countries.size).toBe(250)
  })

  it.each(['ZZ', 'XX', 'AA', 'EU', 'UK', 'gb', 'GBR', '', ' GB', 'constructor'])('is not %j', (code) => {
    expect(Country.safeParse(code).error?.issues.map(({ message }) => message)).toEqual([
      'the code of a country by ISO 3166-1 alpha-2, in capitals, such as GB',
    ])
  })
})
