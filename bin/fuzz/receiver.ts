import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// Takes all that it gets, for as long as the process lasts.
const server = createServer((request, response) => {
  request.resume()
  response.writeHead(204).end()
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
server.unref()

/** Where webhooks go whose deliveries nobody looks at: those of a fuzz, and of most tests. */
export const receiverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
