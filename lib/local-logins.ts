export interface Login {
  readonly email: string
  readonly password: string
  readonly roles: readonly string[]
}

/** The users of every local stack, in the order in which they are shown. */
export const localLogins: readonly Login[] = [
  { email: 'operator@holdfast.test', password: 'Operator-1!', roles: ['owner', 'operator'] },
  { email: 'customer@holdfast.test', password: 'Customer-1!', roles: [] },
  { email: 'other@holdfast.test', password: 'Customer-1!', roles: [] },
]
