import * as z from 'zod'
import { route } from './contract.ts'

/** A message that waits for this long, or a sweep that is this long ago, is too late: in seconds. */
export const tooLateSeconds = 300

const Service = z.string().meta({ description: 'The service that is meant; its relay has a queue of its own.' })

/** Routes for those who operate the system. */
export const routes = {
  readiness: route({
    method: 'GET',
    path: '/health/ready',
    who: 'open',
    summary: 'Whether the services keep up: the age of the oldest message and of the last sweep',
    problems: ['not_ready'],
    answer: {
      status: 200,
      body: z.object({
        status: z.literal('ready'),
        oldestMessageSeconds: z.int().min(0).describe('The largest of `queues` and `unfinished`; 0 where none waits.'),
        lastSweepSeconds: z.int().min(0).describe('Of the service whose last sweep is the longest ago.'),
        queues: z.array(z.object({ service: Service, oldestMessageSeconds: z.int().min(0) })),
        unfinished: z
          .array(z.object({ service: z.string(), oldestMessageSeconds: z.int().min(0) }))
          .describe(
            'Of messages that a service received and did not finish, in the last seven minutes: what is retried counts no more in `queues`.',
          ),
        sweeps: z.array(z.object({ service: Service, lastSweepSeconds: z.int().min(0) })),
      }),
    },
  }),
}
