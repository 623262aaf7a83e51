import type { Published } from './inbox-events.ts'

/** More than a story is looked through for an event that is missing. */
const many = 250

/** The same events as if all that are of some order were of this one, and so often that it has hundreds. */
export function ofOneOrder(published: readonly Published[], orderId: string): readonly Published[] {
  const own = published.filter(({ detail }) => detail.data['orderId'] !== undefined)
  const times = own.length === 0 ? 1 : Math.ceil(many / own.length)
  return published.flatMap((event) =>
    own.includes(event) ? Array.from({ length: times }, (_, time) => anew(event, orderId, time)) : [event],
  )
}

function anew({ body, detail, ...event }: Published, orderId: string, time: number): Published {
  const { id, data } = detail
  const other = { ...detail, id: time === 0 ? id : `${id}-${time}`, data: { ...data, orderId } }
  return { ...event, detail: other, body: JSON.stringify({ ...(JSON.parse(body) as object), detail: other }) }
}
