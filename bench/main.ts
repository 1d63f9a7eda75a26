import { mkdirSync, writeFileSync } from 'node:fs';
import { measureEngine, measureLongTexts, measureRates } from './engine/engine-bench.js';
import { measureForecast } from './forecast/forecast-bench.js';
import { measureScale, measureStartup } from './scale/scale-bench.js';
import { measureLarge, measureLoad, measureMemory } from './service/load.js';

/*
 * `npm run bench [-- engine forecast rates startup scale service] [-- --large]`: each part side by side in one run, printed and kept
 * under bench/results. Only the ratios mean anything on another machine.
 */
const PARTS: Record<string, () => Promise<readonly object[]>> = {
  engine: async () => [...measureEngine(), ...measureLongTexts()],
  forecast: async () => measureForecast(),
  rates: async () => measureRates(),
  startup: measureStartup,
  scale: () => measureScale(process.argv.includes('--large')),
  service: async () => [...(await measureLoad()), await measureMemory(), await measureLarge()],
};

const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'));
mkdirSync('bench/results', { recursive: true });
for (const [name, measure] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const rows = await measure();
  process.stdout.write(`\n${name}\n`);
  for (const row of rows) process.stdout.write(`  ${JSON.stringify(row)}\n`);
  writeFileSync(`bench/results/${name}.json`, `${JSON.stringify(rows, null, 2)}\n`);
}
