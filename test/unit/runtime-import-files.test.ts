import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { S3Client } from '@aws-sdk/client-s3'
import { expect, it } from 'vitest'
import { s3ImportFiles } from '../../functions/runtime/import-files.s3.ts'
import { fileSettings } from '../../functions/runtime/live-imports.ts'

const parts = Array.from({ length: 300 }, (_, index) => ({
  key: `parts/imp_1/${String(index * 250 + 1).padStart(9, '0')}`,
  text: `{"row":${index}}\n`,
}))

/** A bucket whose every answer takes some milliseconds. */
async function slowBucket(milliseconds: number) {
  const put = new Map<string, string>()
  const list = parts.map(({ key, text }) => `<Contents><Key>${key}</Key><Size>${text.length}</Size></Contents>`)
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://bucket')
    const key = pathname.replace('/files-of-imports/', '')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (request.method === 'PUT') put.set(key, Buffer.concat(chunks).toString())
    const listed = `<ListBucketResult><IsTruncated>false</IsTruncated>${list.join('')}</ListBucketResult>`
    const body = searchParams.has('list-type') ? listed : parts.find((part) => part.key === key)?.text
    setTimeout(() => response.end(body), milliseconds)
  }
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { put, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

it('joins the results of many parts, however long that takes as a whole', async () => {
  const bucket = await slowBucket(15)
  const s3 = new S3Client({
    ...fileSettings,
    // Less than all parts take together.
    requestHandler: { ...fileSettings.requestHandler, requestTimeout: 200 },
    endpoint: bucket.url,
    forcePathStyle: true,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  try {
    await s3ImportFiles(s3, 'files-of-imports').join('imp_1')
    expect(bucket.put.get('results/imp_1.ndjson')).toBe(parts.map(({ text }) => text).join(''))
    expect(await s3ImportFiles(s3, 'files-of-imports').kept('imp_1', 251)).toBe('{"row":1}\n')
    expect(await s3ImportFiles(s3, 'files-of-imports').kept('imp_1', 252)).toBeUndefined()
  } finally {
    s3.destroy()
    bucket.close()
  }
})
