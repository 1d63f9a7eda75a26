import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export const BIN = resolve(process.env.O_COPILOT_BIN ?? 'dist/o-copilot.js');

/** A server in a process of its own. */
export interface Server {
  readonly url: string;
  /** Resident memory in megabytes (10^6 bytes): now, or the most so far. */
  memory(what: 'VmRSS' | 'VmHWM'): number;
  stop(): void;
}

/** Starts a program that prints its URL first. */
export async function startProgram(path: string, argument: string): Promise<Server> {
  const child = spawn(process.execPath, ['--import', 'tsx', path, argument], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return serverOf(child, await findLine(child.stdout, /^(http:\S+)/));
}

/** Starts `serve`. Its log is read and thrown away. */
export async function startService(
  source: string,
  flags: readonly string[],
  level = 'info',
): Promise<Server> {
  const child = spawn(process.execPath, [BIN, 'serve', '--source', source, '--port', '0', ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, LOG_LEVEL: level },
  });
  const url = findLine(child.stderr, /listening at (http:[^"\s]+)/);
  child.stderr.resume();
  return serverOf(child, await url);
}

function findLine(stream: Readable, pattern: RegExp): Promise<string> {
  return new Promise((found, failed) => {
    const lines = createInterface({ input: stream });
    let latest = '';
    lines.on('line', (line) => {
      latest = line;
      const match = pattern.exec(line)?.[1];
      if (match !== undefined) found(match);
    });
    lines.on('close', () => failed(new Error(`a server ended before it listened: ${latest}`)));
  });
}

function serverOf(child: ChildProcess, url: string): Server {
  return {
    url,
    memory(what) {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return (Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024) / 1e6;
    },
    stop: () => void child.kill('SIGKILL'),
  };
}
