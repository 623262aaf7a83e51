import { defineConfig } from 'vitest/config'

const project = (name: string, more: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], ...more },
})

export default defineConfig({
  test: {
    projects: [
      project('unit', { testTimeout: 10_000 }),
      project('infrastructure', { testTimeout: 60_000, hookTimeout: 120_000 }),
      project('contracts', { testTimeout: 30_000 }),
      // One running system at a time.
      project('local', {
        include: ['test/{local,browser}/**/*.test.ts'],
        globalSetup: 'test/local/start-target.ts',
        setupFiles: 'test/local/leave-at-rest.ts',
        testTimeout: 60_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
      project('simulation', { testTimeout: 600_000 }),
    ],
  },
})
