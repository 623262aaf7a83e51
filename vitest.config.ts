import { defineConfig } from 'vitest/config'

const project = (name: string, more: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], ...more },
})

/** Tests of a running system, one at a time. */
const running = (name: string, include: string, exclude: string[]) =>
  project(name, {
    include: [include],
    exclude,
    globalSetup: 'test/local/start-target.ts',
    setupFiles: 'test/local/leave-at-rest.ts',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  })

/** Waits much and works little: it has a system of its own, beside that of the others. */
const outages = 'test/local/outages.test.ts'

export default defineConfig({
  test: {
    projects: [
      project('unit', { testTimeout: 10_000 }),
      project('infrastructure', { testTimeout: 60_000, hookTimeout: 120_000 }),
      project('contracts', { testTimeout: 30_000 }),
      running('local', 'test/{local,browser,clients}/**/*.test.ts', [outages]),
      running('outages', outages, []),
      project('simulation', { testTimeout: 600_000 }),
    ],
  },
})
