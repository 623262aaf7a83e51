import {
  type Example,
  apiKey,
  at,
  auditRecord,
  keptAddress,
  session,
  sessionInfo,
  storedAddress,
  user,
} from './example-items.ts'

const profile = { ...user, emailVerified: true, name: 'Ann Customer', createdAt: at('08:00:00.000') }

const { lastUsedAt: _, ...newKey } = apiKey

/** Of accounts, what may be done by them, and what was. */
export const examplesOfPeople: Readonly<Record<string, Example>> = {
  register: {
    request: { email: user.email, password: 'Customer-1!', name: 'Ann Customer' },
    answer: profile,
  },
  signIn: { request: { email: user.email, password: 'Customer-1!' }, answer: session },
  refreshSession: { request: { refreshToken: session.refreshToken }, answer: session },
  changePassword: { request: { currentPassword: 'Customer-1!', newPassword: 'Correct Horse-1' } },
  requestPasswordReset: { request: { email: user.email } },
  confirmPasswordReset: { request: { email: user.email, code: '40917326', newPassword: 'Correct Horse-1' } },
  updateMe: {
    request: { name: 'Ann Customer', preferences: { theme: 'dark' } },
    answer: { ...profile, preferences: { theme: 'dark' } },
  },
  eraseMe: { answer: { erasesAt: '2026-04-01T10:00:00.000Z' } },
  eraseUser: { answer: { erasesAt: '2026-04-01T10:00:00.000Z' } },
  listUsers: { answer: { items: [{ ...user, name: 'Ann Customer', disabled: false }] } },
  getUser: { answer: profile },
  setRoles: { request: { roles: ['support'] }, answer: { roles: ['support'] } },
  listAudit: { answer: { items: [auditRecord], cursor: 'MTc3MjQ0' } },
  getRoles: { answer: { roles: ['support'] } },
  disableUser: { answer: { ...profile, disabled: true } },
  enableUser: { answer: profile },
  createApiKey: {
    request: { name: apiKey.name, scopes: apiKey.scopes },
    answer: { ...newKey, key: 'hfk_x2v9LmQa…' },
  },
  listApiKeys: { answer: { items: [apiKey] } },
  getApiKey: { answer: apiKey },
  renameApiKey: { request: { name: 'Till by the door' }, answer: { ...apiKey, name: 'Till by the door' } },
  rotateApiKey: {
    request: { overlapSeconds: 3_600 },
    answer: { ...apiKey, prefix: 'hfk_p7TbY0cR', key: 'hfk_p7TbY0cR…', overlapUntil: at('10:00:00.000') },
  },
  listSessions: { answer: { items: [sessionInfo] } },
  listAddresses: { answer: { items: [storedAddress] } },
  addAddress: { request: keptAddress, answer: storedAddress },
  replaceAddress: {
    request: { ...keptAddress, line1: '14 High Street' },
    answer: { ...storedAddress, line1: '14 High Street', updatedAt: at('12:00:00.000') },
  },
  getAddress: { answer: storedAddress },
  getMe: { answer: profile },
  requestEmailCode: { request: { email: user.email, currentPassword: 'Customer-1!' } },
  verifyEmail: { request: { code: '40917326' } },
}
