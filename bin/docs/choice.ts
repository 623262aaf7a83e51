/** What one choice of an object adds to it: a name for generators of clients, and which fields are needed, absent, or of one value. */
interface Choice {
  readonly title?: string
  readonly properties?: Readonly<Record<string, object>>
  readonly required?: readonly string[]
  readonly not?: Absent | { readonly anyOf: readonly Absent[] }
}

interface Absent {
  readonly required: readonly string[]
}

const absentOf = ({ not = { required: [] } }: Choice): ReadonlySet<string> =>
  new Set(
    ('anyOf' in not ? not.anyOf : [not]).flatMap((each) => {
      if (each.required.length > 1) throw new Error(`Not both of ${each.required.join(' and ')} is no choice.`)
      return each.required
    }),
  )

interface Chosen {
  oneOf?: unknown
  type?: unknown
  properties?: Readonly<Record<string, unknown>>
  required?: unknown
  additionalProperties?: unknown
}

/**
 * Turns a closed object with conditions beside its fields into a choice of whole objects of the same meaning: generators of clients
 * drop the conditions, or the fields.
 */
export function spellOut(schema: object): void {
  const chosen: Chosen = schema
  const { oneOf, type, properties, required = [], additionalProperties } = chosen
  if (oneOf === undefined || properties === undefined) return
  if (additionalProperties !== false) throw new Error('A choice leaves fields out, and so needs a closed object.')
  for (const keyword of ['type', 'properties', 'required', 'additionalProperties'] as const) delete chosen[keyword]
  chosen.oneOf = (oneOf as readonly Choice[]).map((choice) => {
    const absent = absentOf(choice)
    const fields = Object.entries({ ...properties, ...choice.properties }).filter(([name]) => !absent.has(name))
    const needed = [...new Set([...(required as readonly string[]), ...(choice.required ?? [])])]
    const { title } = choice
    return {
      ...(title !== undefined && { title }),
      type,
      properties: Object.fromEntries(fields),
      required: needed,
      additionalProperties,
    }
  })
}
