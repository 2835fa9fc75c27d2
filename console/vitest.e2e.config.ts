import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// A real browser against the built console. Each file starts its own server and pages, so files run
// at once; no more than two, as each browser wants a core of its own.
export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  test: {
    include: ['tests/e2e/**/*.test.ts'],
    environment: 'node',
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // How long a condition may take to come true, on a machine that is busy with other work too.
    expect: { poll: { timeout: 20_000 } },
    globalSetup: ['tests/fixtures/build-console.ts'],
  },
});
