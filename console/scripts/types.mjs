// Writes src/api/types.ts from the description of the interface: node scripts/types.mjs [openapi.json]
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const from = process.argv[2] ?? new URL('../../crates/server/openapi.json', import.meta.url);
const description = JSON.parse(readFileSync(from, 'utf8'));
// Several operations share a name, which types cannot; the paths tell them apart.
for (const path of Object.values(description.paths)) {
  for (const operation of Object.values(path)) delete operation.operationId;
}
const head = '// Made by `npm run types` from the description of the interface; not written by hand.\n\n';
writeFileSync(new URL('../src/api/types.ts', import.meta.url), head + astToString(await openapiTS(description)));
