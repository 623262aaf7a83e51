import type { PhotoPlace } from '../../../functions/catalog/adapters/photo-bucket.ts'
import { pngFile } from '../../../bin/photos/png.ts'
import { list } from './shopkeepers.ts'
import { type Workload, operator } from './workload.ts'

/** A photographer adds photos to products, and sends files late, twice, after deletion or not at all; products go meanwhile. */
export async function photograph(workload: Workload): Promise<void> {
  const { photoChance: chance } = workload.world
  const skus = ['photo-1', 'photo-2']
  for (const sku of skus) await list(workload, sku, false)
  const many = chance.maybe(0.3) ? 14 : 0
  const known: PhotoPlace[] = []
  const sending: Promise<void>[] = []
  for (let left = Math.max(many, chance.between(2, 7)); left > 0; left -= 1) {
    if (many === 0) await workload.world.sleep(chance.below(60_000))
    const sku = chance.pick(many > 0 ? skus.slice(0, 1) : skus)
    const other = known.length > 0 ? chance.pick(known) : undefined
    const does = many > 0 ? 'add' : chance.pick(['add', 'add', 'add', 'replace', 'move', 'delete', 'retire'] as const)
    if (does === 'add' || (does === 'replace' && other !== undefined)) {
      const place = await add(
        workload,
        does === 'replace' && other ? other.sku : sku,
        does === 'replace' ? other?.id : undefined,
      )
      if (place === undefined) continue
      known.push(place)
      sending.push(send(workload, place))
    } else if (does === 'move' && other !== undefined) {
      const body = { position: chance.between(1, 3), alt: chance.pick(['One', 'Two', null]) }
      await askAbout(workload, 'PATCH /products/{sku}/photos/{id}', other, body)
    } else if (does === 'delete' && other !== undefined) {
      await askAbout(workload, 'DELETE /products/{sku}/photos/{id}', other)
    } else if (does === 'retire') {
      await retire(workload, sku)
      await workload.world.sleep(chance.below(90_000))
      await list(workload, sku, false)
    }
  }
  await Promise.all(sending)
  if (chance.maybe(0.3)) return
  // Long after their files were tidied up.
  await workload.world.sleep(chance.between(660_000, 1_500_000))
  if (chance.maybe(0.5)) return retire(workload, chance.pick(skus))
  for (const place of known)
    if (chance.maybe(0.5)) await askAbout(workload, 'DELETE /products/{sku}/photos/{id}', place)
}

async function retire(workload: Workload, sku: string): Promise<void> {
  await workload.ask('inventory', { as: operator, route: 'DELETE /products/{sku}', params: { sku } })
}

async function askAbout(workload: Workload, route: string, { sku, id }: PhotoPlace, body?: object): Promise<void> {
  await workload.ask('catalog', { as: operator, route, params: { sku, id }, ...(body && { body }) })
}

async function add(workload: Workload, sku: string, replaces?: string): Promise<PhotoPlace | undefined> {
  const { photoChance: chance, photos } = workload.world
  const body = { contentType: 'image/png', ...(replaces && { replaces }), ...(chance.maybe(0.3) && { alt: 'A photo' }) }
  const asked = { as: operator, route: 'POST /products/{sku}/photos', params: { sku }, body, key: workload.newKey() }
  const reply = await workload.askOnceOrTwice('catalog', asked)
  if (reply?.status !== 201) return undefined
  const { id, expiresAt } = reply.body as { readonly id: string; readonly expiresAt: string }
  photos.formOf(id, Date.parse(expiresAt))
  return { id, sku }
}

/** Files by one form: none, one or several, at once or late. */
async function send(workload: Workload, place: PhotoPlace): Promise<void> {
  const { world } = workload
  const { photoChance: chance } = world
  const files = Array.from({ length: chance.pick([0, 1, 1, 2, 3]) }, (_, index) => ({
    waitMs: chance.pick([
      0,
      chance.below(60),
      chance.below(60),
      chance.below(10_000),
      chance.between(200_000, 420_000),
    ]),
    ...fileOf(chance.pick(['good', 'good', 'good', 'html', 'bomb', 'large', 'broken']), `${place.id} ${index}`),
  }))
  await Promise.all(
    files.map(async ({ waitMs, file, isGood }) => {
      await world.sleep(waitMs)
      const isTaken = world.photos.put(place, file, isGood, world.clock.now())
      world.trace.write(`a ${isGood ? 'good' : 'bad'} file for ${place.id}${isTaken ? '' : ' is not taken'}`)
      if (isTaken) world.noticePhoto(place)
    }),
  )
}

function fileOf(kind: 'good' | 'html' | 'bomb' | 'large' | 'broken', name: string) {
  const pixels = Buffer.from(name)
  switch (kind) {
    case 'good':
      return { file: pngFile(2, 2, pixels), isGood: true }
    case 'html':
      return { file: Buffer.from(`<html>${name}`), isGood: false }
    case 'bomb':
      return { file: pngFile(100_000, 100_000, pixels), isGood: false }
    case 'large':
      return { file: pngFile(2, 2, Buffer.concat([pixels, Buffer.alloc(5 * 1_048_576)])), isGood: false }
    case 'broken':
      return { file: pngFile(2, 2, Buffer.from(`broken ${name}`)), isGood: false }
  }
}
