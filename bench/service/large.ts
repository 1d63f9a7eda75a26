import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { messagesDocument } from '../scale/documents.js';
import { BIN, startProgram, startService } from './processes.js';

const REQUESTS = 5;

export interface LargeRow {
  readonly what: string;
  /** Bytes of the answer. */
  readonly bytes: number;
  /** Wall time of each request over that of `usage --json`. */
  readonly ratios: readonly number[];
  /** Peak memory of the service in megabytes, after each request. */
  readonly peaks: readonly number[];
}

/** `/usage` of a million messages, one request after the other; every one makes its bill anew. */
export async function measureLarge(): Promise<LargeRow> {
  const upstream = await startProgram('bench/service/upstream.ts', messagesDocument(1_000_000, 1000));
  const service = await startService(upstream.url, []);
  try {
    const ratios: number[] = [];
    const peaks: number[] = [];
    let bytes = 0;
    for (let request = 0; request < REQUESTS; request++) {
      const command = await timed(() => runUsage(upstream.url));
      const answer = await timed(async () => {
        bytes = await readAll(`${service.url}/usage`);
      });
      ratios.push(Number((answer / command).toFixed(2)));
      peaks.push(Math.round(service.memory('VmHWM')));
    }
    return { what: '/usage of 1,000,000 messages / usage --json', bytes, ratios, peaks };
  } finally {
    upstream.stop();
    service.stop();
  }
}

async function runUsage(source: string): Promise<void> {
  const child = spawn(process.execPath, [BIN, 'usage', '--json', '--source', source], {
    stdio: 'ignore',
    env: { PATH: process.env.PATH },
  });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`usage ended with ${status}`);
}

async function readAll(url: string): Promise<number> {
  const response = await fetch(url);
  if (response.status !== 200 || response.body === null) throw new Error(`status ${response.status}`);
  let bytes = 0;
  for await (const chunk of response.body) bytes += chunk.length;
  return bytes;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
