import type { JsonSchema } from '../../schemas/json-schema.ts'

type Schemas = Readonly<Record<string, JsonSchema>>

/** The schemas of the events of one release, in which everything that several of them share stands once. */
export interface Release {
  /** Every event without its `data`. */
  readonly envelope: JsonSchema
  /** Shared schemas by id, and the data of several events under the name of the first. */
  readonly definitions: Schemas
  /** By detail type. */
  readonly data: Schemas
}

/** Puts the schemas of events, by detail type, into one release. Throws where they differ in something that they share. */
export function releaseOf(schemas: Schemas): Release {
  const events = Object.entries(schemas).map(([type, { definitions = {}, properties, ...rest }]) => {
    const { data = {}, ...fields } = properties as Schemas
    return { type, data, definitions: definitions as Schemas, envelope: { ...rest, properties: fields } }
  })
  const { envelope = {} } = shared(events.map((event) => ['envelope', event.envelope]))
  const groups = [...Map.groupBy(events, ({ data }) => JSON.stringify(data)).values()].map((group) => ({
    types: group.map(({ type }) => type),
    first: group[0]?.type ?? '',
    data: group[0]?.data ?? {},
  }))
  const repeated = groups.filter(({ types }) => types.length > 1)
  const references = repeated.flatMap(({ types, first }) =>
    types.map((type) => [type, { $ref: `#/definitions/${first}` }] as const),
  )
  return {
    envelope,
    definitions: shared([
      ...events.flatMap(({ definitions }) => Object.entries(definitions)),
      ...repeated.map(({ first, data }) => [first, data] as const),
    ]),
    data: { ...Object.fromEntries(events.map(({ type, data }) => [type, data])), ...Object.fromEntries(references) },
  }
}

function shared(entries: readonly (readonly [string, JsonSchema])[]): Schemas {
  const schemas = Object.fromEntries(entries)
  const other = entries.find(([name, schema]) => JSON.stringify(schemas[name]) !== JSON.stringify(schema))
  if (other) throw new Error(`The events of one release differ in ${other[0]}.`)
  return schemas
}

/** The schema of one event of a release. */
export function releasedSchema({ envelope, definitions, data }: Release, type: string): JsonSchema {
  return { ...envelope, properties: { ...(envelope['properties'] as Schemas), data: data[type] ?? {} }, definitions }
}
