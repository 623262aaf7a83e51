/** What the record itself holds under that name: `constructor` and its like are found on every object otherwise. */
export const own = <Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined
