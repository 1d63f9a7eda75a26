import { mkdirSync, writeFileSync } from 'node:fs';
import { measureLarge } from './large.js';
import { measureLoad, measureMemory } from './load.js';

const results = {
  load: await measureLoad(),
  /** Megabytes after each 20,000 requests. */
  memory: await measureMemory(),
  large: await measureLarge(),
};
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/service.json', `${JSON.stringify(results, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
