// Makes src/api/types.ts from the description of the interface: node scripts/types.mjs [--check]
// With --check nothing is written, and what is there is held against the description: where they differ, the build fails.
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const description = JSON.parse(readFileSync(new URL('../../crates/server/openapi.json', import.meta.url), 'utf8'));
const head = '// Made by `npm run types` from the description of the interface; not written by hand.\n\n';
const made = head + astToString(await openapiTS(description));
const file = new URL('../src/api/types.ts', import.meta.url);
if (!process.argv.includes('--check')) writeFileSync(file, made);
else if (readFileSync(file, 'utf8') !== made) {
  console.error('src/api/types.ts is not what crates/server/openapi.json says: run `npm run types`');
  process.exit(1);
}
