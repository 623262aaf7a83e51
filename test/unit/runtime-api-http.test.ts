import { type IncomingMessage, type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ordersBehind, stockBehind } from '../../functions/runtime/api.http.ts'

let server: Server
let url: string
let seen: IncomingMessage[]
let status: number
beforeEach(async () => {
  ;[seen, status] = [[], 200]
  server = createServer((request, response) => {
    seen.push(request)
    response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/' } : {})
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

test('asks the API for the order, with the token of who asks', async () => {
  expect(await ordersBehind(url)('ord_1', 'Bearer abc')).toBe(200)
  expect(seen.map(({ method, url: path, headers }) => [method, path, headers.authorization])).toEqual([
    ['GET', '/orders/ord_1', 'Bearer abc'],
  ])
})

test('asks the API for the stock of a product likewise', async () => {
  expect(await stockBehind(url)('A.1', 'Bearer abc')).toBe(200)
  expect(seen.map(({ method, url: path, headers }) => [method, path, headers.authorization])).toEqual([
    ['GET', '/inventory/A.1/levels', 'Bearer abc'],
  ])
})

test('waits no longer than it is given', async () => {
  server.removeAllListeners('request')
  await expect(stockBehind(url)('A', 'Bearer abc', 20)).rejects.toThrow('timeout')
})

test.each([401, 404, 429, 503])('answers with the status of the API: %d', async (expected) => {
  status = expected
  expect(await ordersBehind(url)('ord_1', 'Bearer abc')).toBe(expected)
})

test('takes the token nowhere else', async () => {
  status = 302
  await expect(ordersBehind(url)('ord_1', 'Bearer abc')).rejects.toThrow('fetch failed')
})

test('rejects where nobody answers', async () => {
  await expect(ordersBehind('http://127.0.0.1:1')('ord_1', 'Bearer abc')).rejects.toThrow('fetch failed')
})
