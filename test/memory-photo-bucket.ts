import type { PhotoBucket, PhotoPlace, PublishedPhoto } from '../functions/catalog/adapters/photo-bucket.ts'

/** The files of photos in memory. Who sends a file puts it into `sent`. */
export class MemoryPhotoBucket implements PhotoBucket {
  /** By the id of the photo. */
  readonly sent = new Map<string, Uint8Array>()
  /** By `<id>/<name>`. */
  readonly published = new Map<string, PublishedPhoto>()

  async upload({ id, sku }: PhotoPlace, contentType: string) {
    return { url: 'https://photos.example/', fields: { key: `uploads/${id}/${sku}`, 'content-type': contentType } }
  }

  async open({ id }: PhotoPlace) {
    const found = this.sent.get(id)
    return found && { size: found.length, read: async () => found }
  }

  async isSent({ id }: PhotoPlace) {
    return this.sent.has(id)
  }

  async discard({ id }: PhotoPlace) {
    this.sent.delete(id)
  }

  async publish(id: string, name: string, photo: PublishedPhoto) {
    this.published.set(`${id}/${name}`, photo)
  }

  async read(id: string, name: string) {
    return this.published.get(`${id}/${name}`)
  }

  async keepOnly(id: string, names: readonly string[]) {
    this.sent.delete(id)
    for (const key of this.published.keys())
      if (key.startsWith(`${id}/`) && !names.includes(key.slice(id.length + 1))) this.published.delete(key)
  }
}
