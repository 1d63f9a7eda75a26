import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BIN, startProgram } from '../side-by-side.js';

/** A server in a process of its own. */
export interface Server {
  readonly url: string;
  /** Resident memory in megabytes (10^6 bytes): now, or the most so far. */
  memory(what: 'VmRSS' | 'VmHWM'): number;
  /** Processor time used so far, in clock ticks. */
  ticks(): number;
  stop(): void;
}

/** Starts a program that prints its URL first. */
export async function startServer(path: string, ...args: string[]): Promise<Server> {
  const { url, child } = await startProgram(path, ...args);
  return serverOf(child, url);
}

/** Starts `serve` and waits until it answers. Its log goes to /dev/null. */
export async function startService(
  source: string,
  flags: readonly string[],
  level = 'info',
): Promise<Server> {
  const port = await freePort();
  const words = [BIN, 'serve', '--source', source, '--port', `${port}`, ...flags];
  const child = spawn(process.execPath, words, {
    stdio: 'ignore',
    env: { PATH: process.env.PATH, LOG_LEVEL: level },
  });
  const url = `http://127.0.0.1:${port}`;
  while ((await fetch(`${url}/health`).catch(() => undefined))?.ok !== true) {
    if (child.exitCode !== null) throw new Error(`serve ${flags.join(' ')} ended with ${child.exitCode}`);
    await sleep(20);
  }
  return serverOf(child, url);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function serverOf(child: ChildProcess, url: string): Server {
  return {
    url,
    memory(what) {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return (Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024) / 1e6;
    },
    ticks() {
      // After the name in brackets: state is field 3, utime 14, stime 15 (proc(5)).
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return Number(fields[11]) + Number(fields[12]);
    },
    stop: () => void child.kill('SIGKILL'),
  };
}
