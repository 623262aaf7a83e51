import { routes } from '../../schemas/operations.ts'
import { systemClock } from '../runtime/clock.ts'
import { env, required } from '../runtime/env.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { nobody } from '../runtime/identity.ts'
import { type Watched, cloudWatchAges } from './adapters/ages.cloudwatch.ts'
import type { OperationsDeps } from './deps.ts'
import { readiness } from './routes/readiness.ts'

export const handlers = (deps: OperationsDeps): Handlers<typeof routes> => ({ readiness: readiness(deps) })

export const handler = http(
  routes,
  () => nobody,
  () => {
    const watched = JSON.parse(required(env.watched)) as Watched
    return handlers({ clock: systemClock, readAges: cloudWatchAges(watched, systemClock) })
  },
)
