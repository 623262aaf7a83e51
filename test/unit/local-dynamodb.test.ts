import { expect, test, vi } from 'vitest'
import { startDynamo } from '../../localstack/dynamodb/start-emulator.ts'

test('a machine without the emulator is refused in one line that names the setting', async () => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue('aix')
  const failure = await startDynamo({}).catch((error: unknown) => error)
  expect((failure as Error).message).toMatch(/^No DynamoDB emulator .*@dynoxide\/aix-.*DYNAMODB_ENDPOINT.*$/)
})

test('an endpoint at which nothing answers is named', async () => {
  await expect(startDynamo({ DYNAMODB_ENDPOINT: 'http://127.0.0.1:1' })).rejects.toThrow(
    'Nothing answers at DYNAMODB_ENDPOINT=http://127.0.0.1:1.',
  )
})
