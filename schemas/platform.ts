import * as z from 'zod'
import { route } from './contract.ts'
import { problemCodes } from './problems.ts'

/** Routes of the gateway itself. */
export const routes = {
  health: route({
    method: 'GET',
    path: '/health',
    who: 'open',
    summary: 'Whether the API answers',
    answer: { status: 200, body: z.object({ status: z.literal('ok'), stage: z.string() }) },
  }),
  openapi: route({
    method: 'GET',
    path: '/openapi.json',
    who: 'open',
    summary: 'This description',
    answer: { status: 200, body: z.record(z.string(), z.unknown()) },
  }),
  getProblem: route({
    method: 'GET',
    path: '/problems/{code}',
    who: 'open',
    summary: 'What a problem code stands for, and what to do: the `type` of every problem leads here',
    params: z.strictObject({ code: z.string() }),
    answer: {
      status: 200,
      body: z.object({ code: z.enum(problemCodes), status: z.int(), title: z.string(), next: z.string() }),
    },
    problems: ['problem_not_found'],
  }),
}
