/**
 * The number that a text writes in decimal digits alone, at most 15 of them so that it stays exact; undefined for any other text: a sign, a
 * blank, an exponent, `NaN`. A limit that is compared with the result cannot be passed by what is not a number.
 */
export function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
