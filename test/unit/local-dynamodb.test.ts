import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startDynamo } from '../../localstack/dynamodb/start-emulator.ts'

describe('on a machine that no emulator is installed for,', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-path-'))
    vi.spyOn(process, 'platform', 'get').mockReturnValue('aix')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test.each(['brew install', 'npm install -g', 'cargo install', 'DYNAMODB_ENDPOINT'])(
    'the start ends with one line that names %s',
    async (way) => {
      writeFileSync(join(folder, 'dynoxide'), 'not a program')
      chmodSync(join(folder, 'dynoxide'), 0o644)
      const failure = await startDynamo({ PATH: folder }).catch((error: unknown) => error)
      expect((failure as Error).message).toMatch(/^No DynamoDB emulator is installed for aix-.*$/)
      expect((failure as Error).message).toContain(way)
    },
  )

  test('the dynoxide of its PATH is taken', async () => {
    const installed = dirname(createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json'))
    symlinkSync(join(installed, 'dynoxide'), join(folder, 'dynoxide'))
    const dynamo = await startDynamo({ PATH: `/nowhere:${folder}` })
    try {
      expect((await fetch(dynamo.endpoint)).status).toBeGreaterThan(0)
    } finally {
      await dynamo.stop()
    }
  })
})

test('an endpoint at which nothing answers is named', async () => {
  await expect(startDynamo({ DYNAMODB_ENDPOINT: 'http://127.0.0.1:1' })).rejects.toThrow(
    'Nothing answers at DYNAMODB_ENDPOINT=http://127.0.0.1:1.',
  )
})
