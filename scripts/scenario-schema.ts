/**
 * Writes scenarios/scenario.schema.json, for editors, from source/scenario/schema.ts. A test fails when it is out of date.
 *
 *     npx node scripts/scenario-schema.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenarioJsonSchema } from '../source/scenario/schema.ts';
import { root } from './bundle.js';

writeFileSync(join(root, 'scenarios', 'scenario.schema.json'), `${JSON.stringify(scenarioJsonSchema(), null, '\t')}\n`);
