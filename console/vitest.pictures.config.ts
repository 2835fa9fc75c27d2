import { mergeConfig } from 'vitest/config';
import real from './vitest.real.config';

// Pictures of the real server's pages, for people to look at and for the README; no test.
const config = mergeConfig(real, {});
config.test = { ...config.test, include: ['tests/pictures/**/*.test.ts'] };
export default config;
