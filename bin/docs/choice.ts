/** What one choice of an object adds to it: which fields are needed, absent, or of one value. */
interface Choice {
  readonly properties?: Readonly<Record<string, object>>
  readonly required?: readonly string[]
  readonly not?: { readonly required: readonly string[] }
}

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
    const absent = new Set(choice.not?.required)
    const fields = Object.entries({ ...properties, ...choice.properties }).filter(([name]) => !absent.has(name))
    const needed = [...new Set([...(required as readonly string[]), ...(choice.required ?? [])])]
    return { type, properties: Object.fromEntries(fields), required: needed, additionalProperties }
  })
}
