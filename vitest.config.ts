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

/** Waits much and works little: it has a system of its own, beside everything else. */
const outages = 'test/local/outages.test.ts'
/** Each starts a system of its own. */
const alone = ['who-may', 'audit', 'npm-start', 'readme'].map((name) => `test/local/${name}.test.ts`)

export default defineConfig({
  test: {
    // Files of a running system come one by one, when those of the other projects are through: Vitest puts all that are not parallel into one row.
    maxWorkers: 2,
    projects: [
      project('unit', { testTimeout: 10_000 }),
      project('infrastructure', { testTimeout: 60_000, hookTimeout: 120_000 }),
      project('contracts', { testTimeout: 30_000 }),
      running('local', {
        include: ['test/{local,browser,clients}/**/*.test.ts'],
        exclude: [outages, ...alone],
        fileParallelism: false,
      }),
      running('outages', { include: [outages] }),
      running('alone', { include: alone, fileParallelism: false }),
      project('simulation', { testTimeout: 600_000 }),
    ],
  },
})
