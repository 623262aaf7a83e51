import { defineConfig } from 'vitest/config'

const project = (name: string, more: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], ...more },
})

/** Tests of a running system. */
const running = (name: string, more: object) =>
  project(name, {
    globalSetup: 'test/local/start-target.ts',
    setupFiles: 'test/local/leave-at-rest.ts',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    ...more,
  })

/** Waits much and works little: it has a system of its own, beside everything else. */
const outages = 'test/local/outages.test.ts'
/** Every route for everybody: as long as all other tests of a running system together, so beside them. */
const access = ['test/local/who-may.test.ts', 'test/local/audit.test.ts']

export default defineConfig({
  test: {
    // The running system takes one processor, the tests of all other projects the other.
    maxWorkers: 2,
    projects: [
      project('unit', { testTimeout: 10_000 }),
      project('infrastructure', { testTimeout: 60_000, hookTimeout: 120_000 }),
      project('contracts', { testTimeout: 30_000 }),
      running('local', {
        include: ['test/{local,browser,clients}/**/*.test.ts'],
        exclude: [outages, ...access],
        fileParallelism: false,
      }),
      running('outages', { include: [outages] }),
      running('access', { include: access, fileParallelism: false }),
      project('simulation', { testTimeout: 600_000 }),
    ],
  },
})
