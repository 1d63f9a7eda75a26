// A program for process.test.ts: node read-messages-program.js BASE SETTINGS. Prints what came of it as JSON.
import { InterruptedError } from '../../../src/errors.js';
import { httpSource } from '../../../src/source/http/http-source.js';

const [, , base = '', settings = '{}'] = process.argv;
const { interruptAfter, maxBody = 2 ** 32 } = JSON.parse(settings);
const interrupt = new AbortController();
if (interruptAfter !== undefined) {
  setTimeout(() => interrupt.abort(new InterruptedError('SIGINT')), interruptAfter);
}

// Never closed: a source that was interrupted or failed must not keep the process alive.
const source = httpSource({
  base: new URL(base),
  period: 'current-period',
  connectTimeout: 60_000,
  readTimeout: 60_000,
  deadline: 120_000,
  startedAt: performance.now(),
  retries: 3,
  concurrency: 8,
  maxBody,
  signal: interrupt.signal,
  env: process.env,
  userAgent: 'o-copilot/test',
});

async function countBytes(bytes: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of bytes) length += chunk.length;
  return length;
}

const outcome = await source.messages(countBytes).then(
  (length) => ({ length }),
  (error) => ({ error: error.name, message: error.message }),
);
process.stdout.write(JSON.stringify({ ...outcome, peakBytes: process.resourceUsage().maxRSS * 1024 }));
