import { ApiProblem } from '../../schemas/client.ts'

/** The code of the problem that comes back; undefined where none does. */
export async function problemOf(request: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await request()
    return undefined
  } catch (error) {
    if (error instanceof ApiProblem) return error.code
    throw error
  }
}
