import { routes } from '../../schemas/users.ts'
import { type Clock, systemClock } from '../runtime/clock.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { liveStore } from '../runtime/live.ts'
import type { Store } from '../runtime/store.ts'
import { liveDirectory } from './directory.cognito.ts'
import type { Directory } from './directory.ts'
import { getMe } from './profile.ts'
import { register } from './register.ts'
import { refreshSession, signIn } from './sessions.ts'

export interface UsersParts {
  readonly store: Store
  readonly directory: Directory
  readonly clock: Clock
}

export const handlers = (parts: UsersParts): Handlers<typeof routes> => ({
  register: register(parts),
  signIn: signIn(parts),
  refreshSession: refreshSession(parts),
  getMe: getMe(parts),
})

export const handler = http(routes, () =>
  handlers({ store: liveStore(), directory: liveDirectory(), clock: systemClock }),
)
