import { type Defect, defect } from './defect.ts'

/** Mistakes with what people may do. */
export const usersDefects: readonly Defect[] = [
  defect('what somebody may do is remembered for minutes', 'runtime/principals', 'principal-age', [/4_000/, '400_000']),
  defect('what somebody may do is read from a copy', 'runtime/principals', 'principal-read', [
    /consistent: true/,
    'consistent: false',
  ]),
  defect('a token of a disabled user is good', 'runtime/identity', 'disabled', 'never'),
  defect('a token of an ended session is good', 'runtime/identity', 'session-ended', 'never'),
  defect('a session ends by the name of what every object has', 'runtime/identity', 'session-ended', [
    /Object\.hasOwn\((.*), (sessionId)\)/,
    '($2 in ($1))',
  ]),
  defect('a token keeps its roles', 'runtime/identity', 'roles-now', [/record\?\.roles \?\? /, '']),
  defect('people give more than they have', 'users/core/rights', 'rights', [/\.every\(/, '.some(']),
  defect('the last owner may go', 'users/store/principal-item', 'last-owner', 'never'),
  defect('the list of owners is written over whatever is there', 'users/store/principal-item', 'owners-write', {
    value: "[{ put: { ...state, version: (found?.item.version ?? 0) + 1 }, if: 'any' as const }]",
  }),
  defect('sessions to end are read from a copy', 'users/store/session-item', 'sessions-read', { value: 'false' }),
  defect('an ended session is refreshed', 'users/routes/sessions', 'refresh-ended', 'never'),
  defect('a key outlives the rights of its maker', 'runtime/identity.api-keys', 'key-rights', [
    /rights === undefined/,
    'true',
  ]),
  defect('a key outlives its maker', 'runtime/identity.api-keys', 'key-maker', 'never'),
  defect('a key outlives its time', 'runtime/identity.api-keys', 'key-until', 'never'),
  defect('a sign-in with the old password outlives a reset', 'users/routes/sessions', 'password-again', {
    test: 'true',
  }),
  defect('a password is replaced in silence', 'users/store/set-password', 'password-mail', 'drop'),
  defect('tries of a code are not counted', 'users/core/code', 'code-tries', { value: 'code.tries' }),
  defect('a code is good twice', 'users/core/code', 'code-once', [/isRight && /, 'false && ']),
  defect('a profile keeps its roles', 'users/store/user-item', 'profile-standing', [/await .*/, '{}']),
  defect('money comes in for who leaves', 'payments/routes/wallets', 'deposit-leaving', 'never'),
  defect('tokens of who is erased are good', 'users/on/due', 'erased-principal', 'drop'),
  defect('the directory keeps who is erased', 'users/on/due', 'erased-account', 'drop'),
  defect('addresses outlive their account', 'users/on/due', 'erased-beside', 'drop'),
  defect('no service gets to know who is erased', 'users/store/erasure-item', 'erased-event', [/'user.erased'/, '']),
  defect('who stays is taken for leaving', 'users/routes/erasure', 'leaving-shown', 'drop'),
  defect('who leaves may order', 'orders/routes/place', 'leaving-order', { test: 'false' }),
  defect('nobody gets to know that an order is forgotten', 'orders/store/forget-order', 'forgotten-event', [
    /'order.forgotten'/,
    '',
  ]),
  defect('an order keeps the address of who is erased', 'orders/core/forgetting', 'forget-address', {
    value: "'words'",
  }),
  defect('who is erased is taken for an order that is stuck', 'orders/routes/list-stuck', 'stuck-orders', [
    /\.filter\(isOrder\)/,
    '',
  ]),
]
