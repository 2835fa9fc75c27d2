// Takes the OpenAPI document of a running server into openapi/openapi.json; `npm run api` makes the
// types from it.
import { writeFileSync } from 'node:fs';

const server = process.env.CLOUDBRAIN_SERVER ?? 'http://127.0.0.1:8080';
const answer = await fetch(`${server}/api/v2/openapi.json`);
if (!answer.ok)
  throw new Error(`${server} answered ${answer.status} instead of its OpenAPI document`);
writeFileSync(
  new URL('../openapi/openapi.json', import.meta.url),
  `${JSON.stringify(await answer.json(), null, 2)}\n`,
);
