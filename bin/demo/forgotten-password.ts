import { api } from '../../schemas/client.ts'
import type { Narrator } from './narrator.ts'
import type { DemoStack } from './shop.ts'
import { problemOf } from './problem-of.ts'

const email = 'forgetful@customers.holdfast.test'
const before = 'Forgotten-1!'
const after = 'Remembered-2!'

/** A password is forgotten, and replaced by a mailed code: what was opened with the old one is closed. */
export async function forgottenPassword({ options, control }: DemoStack, narrator: Narrator): Promise<void> {
  narrator.title('A forgotten password')
  const shop = api({ baseUrl: options.baseUrl })
  await shop.register({ body: { email, password: before } })
  const session = await shop.signIn({ body: { email, password: before } })
  narrator.asked('POST /password-resets', { email })
  await shop.requestPasswordReset({ body: { email } })
  const code = /\b\d{8}\b/.exec((await control.mails()).find(({ to }) => to === email)?.text ?? '')?.[0] ?? ''
  narrator.answered(`202, and a mail to ${email} with a code of ${code.length} digits`)
  const confirmed = { email, code, newPassword: after }
  const confirm = () => shop.confirmPasswordReset({ body: confirmed })
  narrator.asked('POST /password-resets/confirm, with the code and a new password')
  await confirm()
  narrator.answered('the password is replaced; five seconds later')
  await control.advance('5s')
  const refused = {
    'the old password': await problemOf(() => shop.signIn({ body: { email, password: before } })),
    'the token of the old session': await problemOf(() =>
      api({ baseUrl: options.baseUrl, token: session.accessToken }).getMe(),
    ),
    'its refresh token': await problemOf(() => shop.refreshSession({ body: { refreshToken: session.refreshToken } })),
    'the code again': await problemOf(confirm),
  }
  for (const [what, code] of Object.entries(refused)) narrator.answered(`${what}: ${code ?? 'accepted'}`)
  const { accessToken: token } = await shop.signIn({ body: { email, password: after } })
  const { emailVerified } = await api({ baseUrl: options.baseUrl, token }).getMe()
  narrator.answered(`the new password signs in, emailVerified: ${emailVerified}`)
  narrator.promise('the old password and the old session open nothing', Object.values(refused).every(Boolean))
  narrator.promise('the code is good once', refused['the code again'] === 'invalid_code')
  narrator.promise('the new password signs in, and the address is proven', emailVerified)
}
