import { type Colour, pngOf } from '../photos/png.ts'
import { sendPhoto } from '../photos/send-photo.ts'
import type { Narrator } from './narrator.ts'
import { type DemoStack, onSale } from './shop.ts'

const sku = 'DEMO-PENDANT'
const params = { sku }

/** A round lamp before a wall, and a note that the camera left in the file. */
const picture = (): Buffer =>
  pngOf(1_600, 1_000, paint, [['tEXt', Buffer.from('Comment\0taken at 52.6369 N 1.1398 W')]])

function paint(x: number, y: number): Colour {
  const distance = Math.hypot(x - 800, y - 420)
  if (distance < 260) return [255, 220, 140, 255]
  return [60 + Math.floor(y / 12), 70 + Math.floor(x / 24), 110, 255]
}

/** A photo goes up and comes back in two sizes; what is no photo is refused with the reason. */
export async function photo(stack: DemoStack, narrator: Narrator): Promise<void> {
  const { api, control } = stack
  narrator.title('A photo goes up and comes back in two sizes')
  await onSale(stack, { sku, name: 'Pendant lamp', price: 3_995 }, 2)
  const body = { contentType: 'image/png', alt: 'A round lamp that is lit' } as const
  narrator.asked(`POST /products/${sku}/photos`, body)
  const added = await api.addPhoto({ params, body })
  narrator.answered({ id: added.id, expiresAt: added.expiresAt, upload: Object.keys(added.upload?.fields ?? {}) })
  const file = picture()
  narrator.asked(`the file to S3, by that form: ${file.length} bytes`)
  narrator.answered(added.upload ? await sendPhoto(added.upload, file) : 'no form')
  await control.settle()
  const [shown] = (await api.getProduct({ params })).photos
  narrator.answered(shown)
  const sizes: { readonly width: string; readonly bytes: Buffer; readonly keeps: string | null }[] = []
  for (const [width, url] of Object.entries(shown?.urls ?? {})) {
    const response = await fetch(url)
    const bytes = Buffer.from(await response.arrayBuffer())
    sizes.push({ width, bytes, keeps: response.headers.get('cache-control') })
    narrator.answered(
      `${width}: ${bytes.length} bytes, ${response.headers.get('content-type')}, ${sizes.at(-1)?.keeps}`,
    )
  }

  narrator.asked('another file by the same form, and one that is no photo by another form')
  if (added.upload)
    await sendPhoto(
      added.upload,
      pngOf(9, 9, () => [255, 0, 0, 255]),
    )
  const page = await api.addPhoto({ params, body })
  if (page.upload) await sendPhoto(page.upload, Buffer.from('<html><script>alert(1)</script></html>'))
  await control.settle()
  const { items } = await api.listPhotos({ params })
  for (const { id, state, refusal } of items) narrator.answered({ id, state, refusal })
  const [after] = (await api.getProduct({ params })).photos
  narrator.promise(
    'everybody sees it in two sizes, the smaller one in fewer bytes, to be kept for a year',
    sizes.length === 2 &&
      (sizes[0]?.bytes.length ?? 0) < (sizes[1]?.bytes.length ?? 0) &&
      sizes.every(({ keeps }) => keeps?.includes('max-age=31536000, immutable') === true),
  )
  narrator.promise(
    'what the camera wrote into the file is gone',
    sizes.every(({ bytes }) => !bytes.includes('52.6369')),
  )
  narrator.promise(
    'the form that was checked changes nothing any more',
    after !== undefined && JSON.stringify(after) === JSON.stringify(shown),
  )
  narrator.promise(
    'what is no photo is refused, with the reason, and nobody sees it',
    items.find(({ id }) => id === page.id)?.refusal?.code === 'not_an_image',
  )
}
