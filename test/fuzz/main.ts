import { createRandom, mutate } from './mutate.js';
import { TARGETS } from './targets.js';

// npm run fuzz [-- SECONDS [TARGET…]]: each target for so long (300 unless said), with a new seed each time.
// A find is printed with its input, to become a test, and ends the run with 1.

/** Milliseconds that no input of a few kilobytes may take. */
const LONGEST = 2000;

const [seconds = '300', ...names] = process.argv.slice(2);
for (const [name, target] of Object.entries(TARGETS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const seed = Date.now() % 2 ** 32;
  const random = createRandom(seed);
  const seeds = target.seeds.map((text) => Buffer.from(text));
  const end = performance.now() + Number(seconds) * 1000;
  let count = 0;
  for (; performance.now() < end; count++) {
    const input = mutate(seeds, target.tokens, random);
    const began = performance.now();
    try {
      await target.check(input, random);
    } catch (error) {
      report(name, seed, input, error);
      break;
    }
    const took = performance.now() - began;
    if (took > LONGEST) report(name, seed, input, new Error(`took ${Math.round(took)} ms`));
  }
  process.stdout.write(`${name}: ${count} inputs from seed ${seed}\n`);
}

function report(name: string, seed: number, input: Buffer, error: unknown): void {
  process.exitCode = 1;
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stdout.write(
    `${name}: found with seed ${seed}: ${reason}\n${JSON.stringify(input.toString('latin1'))}\n`,
  );
}
