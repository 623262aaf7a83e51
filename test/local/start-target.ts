import type { TestProject } from 'vitest/node'
import { receiverUrl } from '../../bin/fuzz/receiver.ts'
import { startStack } from '../../localstack/start.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    baseUrl: string
    isLocal: boolean
    receiverUrl: string
  }
}

/** Starts a local stack for the run, unless HOLDFAST_URL names a system that runs already. */
export default async function start(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  project.provide('receiverUrl', receiverUrl)
  const running = process.env['HOLDFAST_URL']
  if (running !== undefined) {
    project.provide('baseUrl', running.replace(/\/$/, ''))
    project.provide('isLocal', process.env['HOLDFAST_LOCAL'] === '1')
    return undefined
  }
  const stack = await startStack({ port: 0, quiet: true })
  project.provide('baseUrl', stack.url)
  project.provide('isLocal', true)
  return () => stack.stop()
}
