import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { childOf } from './child.ts'
import { accounts, baseUrl } from './target.ts'

export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command, in the name of the operator unless the environment names somebody else. */
export async function run(
  args: readonly string[],
  more: { url?: string; env?: object; begun?: (child: ChildProcess) => void } = {},
): Promise<Run> {
  const { url = baseUrl, env = {}, begun } = more
  const { email, password } = accounts.operator
  const child = childOf(process.execPath, ['bin/export.ts', '--url', url, ...args], {
    env: { ...process.env, HOLDFAST_EMAIL: email, HOLDFAST_PASSWORD: password, ...env },
  })
  begun?.(child)
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout ?? []),
    text(child.stderr ?? []),
    once(child, 'exit'),
  ])
  return { code: code as number | null, stdout, stderr }
}

/**
 * The API with pages of two items. `meanwhile` happens before every third page of orders or movements is asked for; where it has an answer,
 * the API is not asked.
 */
export async function between(meanwhile: () => Promise<Response | undefined>) {
  let requests = 0
  const server = createServer((request, response) => {
    void (async () => {
      const path = (request.url ?? '').replace('limit=100', 'limit=2')
      const body = request.method === 'GET' ? undefined : await text(request)
      const { authorization, ...types } = request.headers
      const headers = new Headers({ 'content-type': types['content-type'] ?? '' })
      if (authorization !== undefined) headers.set('authorization', authorization)
      const isPage = /^\/orders\?|\/movements\?/.test(path)
      if (isPage) requests += 1
      const early = isPage && requests % 3 === 0 ? await meanwhile() : undefined
      const answer =
        early ?? (await fetch(baseUrl + path, { method: request.method ?? 'GET', headers, body: body ?? null }))
      response.writeHead(
        answer.status,
        Object.fromEntries(
          [...answer.headers].filter(([name]) => !/^content-(?:encoding|length)|^transfer/.test(name)),
        ),
      )
      response.end(await answer.text())
    })()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
