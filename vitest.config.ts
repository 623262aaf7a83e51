import { defineConfig } from 'vitest/config'

const project = (name: string, more: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], ...more },
})

/** Tests of a running system. */
const running = (name: string, more: object) =>
  project(name, {
    globalSetup: 'test/local/start-target.ts',
    setupFiles: 'test/local/leave-at-rest.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    ...more,
  })

/** Each has a system of its own, beside everything else: one takes services of AWS away, one moves the clock by months. */
const ownSystem = ['outages', 'data']
/** Each starts a system of its own. */
const alone = ['who-may', 'audit']
const files = (names: readonly string[]): string[] => names.map((name) => `test/local/${name}.test.ts`)

export default defineConfig({
  test: {
    // Files that share a system come one by one, when those of the other projects are through.
    maxWorkers: 2,
    projects: [
      project('unit', { testTimeout: 10_000 }),
      project('infrastructure', { testTimeout: 60_000, hookTimeout: 120_000 }),
      project('contracts', { testTimeout: 30_000 }),
      running('local', {
        include: ['test/{local,browser,clients}/**/*.test.ts'],
        exclude: files([...ownSystem, ...alone]),
        fileParallelism: false,
      }),
      ...ownSystem.map((name) => running(name, { include: files([name]) })),
      running('alone', { include: files(alone) }),
      project('simulation', { testTimeout: 600_000 }),
    ],
  },
})
