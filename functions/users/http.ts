import { routes } from '../../schemas/users.ts'
import { systemClock } from '../runtime/clock.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { liveStore } from '../runtime/live.ts'
import { liveDirectory } from './directory.cognito.ts'
import type { UsersParts } from './parts.ts'
import { getMe } from './profile.ts'
import { register } from './register.ts'
import { refreshSession, signIn } from './sessions.ts'

export const handlers = (parts: UsersParts): Handlers<typeof routes> => ({
  register: register(parts),
  signIn: signIn(parts),
  refreshSession: refreshSession(parts),
  getMe: getMe(parts),
})

export const handler = http(routes, () =>
  handlers({ store: liveStore(), directory: liveDirectory(), clock: systemClock }),
)
