import { measureEngine } from './engine-bench.js';
import { measureLongTexts } from './long-texts.js';

for (const row of [...measureEngine(), ...measureLongTexts()])
  process.stdout.write(`${JSON.stringify(row)}\n`);
