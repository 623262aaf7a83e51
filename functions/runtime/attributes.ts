import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import type { Item } from './store.ts'

export type Attributes = Record<string, AttributeValue>

/**
 * An item as DynamoDB keeps it: as it is, but with its `outbox` as one text, the names with blanks between them. The filter of a stream
 * then tests a text, which is documented; whether it looks into a list is not. An outbox without names is none.
 */
export function attributesOf({ outbox = [], ...item }: Item): Attributes {
  const says = outbox.length > 0 ? { outbox: outbox.join(' ') } : {}
  return marshall({ ...item, ...says }, { removeUndefinedValues: true })
}

/** The item behind the attributes. */
export function itemOf(attributes: Attributes): Item {
  const { outbox, ...item } = unmarshall(attributes)
  return { ...item, ...(typeof outbox === 'string' && { outbox: outbox.split(' ') }) } as unknown as Item
}
