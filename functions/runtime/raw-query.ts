import type { FieldErrors } from './errors.ts'

/** Text that is not UTF-8, or a percent sign that begins no byte: the gateway puts U+FFFD in their place, and a search would look for that. */
export function checkRawQuery(rawQuery: string, errors: FieldErrors): void {
  for (const pair of rawQuery.split('&'))
    if (decoded(pair) === undefined) {
      const [name = ''] = pair.split('=')
      errors.add([decoded(name) ?? 'query'], 'not UTF-8 in percent-encoding')
    }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
