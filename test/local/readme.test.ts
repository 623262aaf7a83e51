import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { settle } from './control.ts'
import { baseUrl, isLocal, unique } from './target.ts'

const canRun = spawnSync('bash', ['-c', 'command -v curl']).status === 0

/** The commands under a heading of the README, against the stack that runs here. */
function commandsUnder(heading: string): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const section = readme.slice(readme.indexOf(heading))
  const commands = /```sh\n([^]*?)```/.exec(section)?.[1] ?? ''
  return commands
    .replace('http://localhost:4000', baseUrl)
    .replaceAll('ann@example.com', `${unique('ann')}@holdfast.test`)
}

describe.runIf(isLocal)('the README', () => {
  it.runIf(canRun)('leads from registration to the first order by an API key (needs curl)', async () => {
    const commands = commandsUnder('### From registration to the first order by an API key')
    expect(commands.trim().split('\n').length).toBeLessThanOrEqual(10)
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', commands], {
      env: {
        ...process.env,
        PATH: `${new URL('../../node_modules/.bin', import.meta.url).pathname}:${process.env['PATH']}`,
      },
    })
    const order = JSON.parse(stdout.slice(stdout.lastIndexOf('{"id":"ord_'))) as Record<string, unknown>
    expect(order).toMatchObject({ status: 'reserved', lines: [{ sku: 'MUG', quantity: 1 }] })
    await settle()
  })
})
