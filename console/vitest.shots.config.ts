import { mergeConfig } from 'vitest/config';
import browser from './vitest.e2e.config';

// Pictures of every page, for people to look at; no test.
const config = mergeConfig(browser, {});
config.test = { ...config.test, include: ['tests/shots/**/*.test.ts'] };
export default config;
