import { writeFileSync } from 'node:fs';
import { measureScale } from './scale-bench.js';

const rows = await measureScale(process.argv.includes('--large'));
for (const { what, ratio, milliseconds, peak } of rows) {
  process.stdout.write(
    `${what}: ${ratio.median} (${ratio.min}–${ratio.max}) | ${milliseconds.median} ms | peak ${peak.max} MB\n`,
  );
}
writeFileSync('bench/results/scale.json', `${JSON.stringify(rows, null, 2)}\n`);
