import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { baseUrl, isLocal, signIn, unique } from './target.ts'

const createOperator = async (...args: string[]) => {
  const { stdout } = await promisify(execFile)(process.execPath, ['bin/create-operator.ts', '--url', baseUrl, ...args])
  return stdout
}

describe.runIf(isLocal)('an operator', () => {
  it('is made by one command, which shows a new password once', async () => {
    const email = `${unique('olga')}@example.com`
    const shown = await createOperator('--email', email)
    const [, password = ''] = /^The password is (\S+)$/m.exec(shown) ?? []
    const { api } = await signIn({ email, password })
    expect((await api.getMe()).roles).toContain('operator')
    await expect(api.createWarehouse({ body: { name: unique('warehouse') } })).resolves.toMatchObject({})
  })

  it('is not made without an email', async () => {
    await expect(createOperator()).rejects.toMatchObject({ stderr: expect.stringContaining('--email is missing') })
  })
})
