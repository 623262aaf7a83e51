import { expect, test } from 'vitest'
import type { Scope } from '../../schemas/access.ts'
import { refuse } from '../../functions/runtime/errors.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import type { UsersDeps } from '../../functions/users/deps.ts'
import { createApiKey, rotateApiKey } from '../../functions/users/routes/api-keys.ts'
import { routes } from '../../schemas/api-keys.ts'

const rights = (...scopes: Scope[]) => new Set<Scope>(['keys:write', ...scopes])

test('nobody makes or rotates a key that may do more than they may', async () => {
  let secrets = 0
  const deps = {
    principals: memoryStore(),
    clock: { now: () => 0, sleep: async () => {} },
    random: () => 0.5,
    newKeyId: () => 'key_1',
    newSecret: () => Buffer.alloc(32, (secrets += 1)),
  } as unknown as UsersDeps
  const asked = (scopes: ReadonlySet<Scope>, more: object = {}) =>
    ({
      route: routes.createApiKey,
      body: { name: 'Till', scopes: ['stock:read', 'stock:adjust'] },
      caller: { kind: 'user', id: 'user-1', privileged: true, scopes },
      requestId: 'r1',
      refuse,
      ...more,
    }) as never
  const exceeded = { status: 403, code: 'rights_exceeded' }
  await expect(createApiKey(deps)(asked(rights('stock:read')))).rejects.toMatchObject(exceeded)
  await createApiKey(deps)(asked(rights('stock:read', 'stock:adjust')))
  const rotate = { route: routes.rotateApiKey, params: { id: 'key_1' }, body: undefined }
  await expect(rotateApiKey(deps)(asked(rights('stock:adjust'), rotate))).rejects.toMatchObject(exceeded)
  expect(await rotateApiKey(deps)(asked(rights('stock:read', 'stock:adjust'), rotate))).toHaveProperty('body.key')
})
