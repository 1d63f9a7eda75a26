import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { type Outcome, startBin } from '../process/run.js';
import { startMain } from '../process/run-main.js';

/** A line of the service's log. */
type LogLine = Readonly<Record<string, unknown>>;

export interface Serving {
  readonly url: string;
  /** Every line logged so far. */
  readonly log: readonly LogLine[];
  /** Everything written to stderr so far. */
  readonly stderr: () => string;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Waits for a line logged before or after now. */
  logged(message: string): Promise<LogLine>;
  signal(name: NodeJS.Signals): void;
  /** SIGTERM, and its exit status or signal. */
  stop(): Promise<number | NodeJS.Signals | null>;
}

export interface ServingProcess extends Serving {
  readonly child: ChildProcess;
}

/** A service, wherever it runs. */
interface Running {
  readonly stderr: Readable;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Pick<Outcome, 'status' | 'signal'>>;
}

/** The address of the next page, without its origin. */
export function nextPage(reply: Response | undefined): string | undefined {
  const link = /^<([^>]+)>; rel="next"$/.exec(reply?.headers.get('link') ?? '')?.[1];
  if (link === undefined) return undefined;
  const { pathname, search } = new URL(link, reply?.url);
  return pathname + search;
}

/**
 * Starts `serve` on a free port in the tests' own process and waits until it serves.
 *
 * Not for tests that wait without their event loop (`spawnSync`), measure, or end the process: see `startServeProcess`.
 */
export function startServe(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Serving> {
  return whenServing(startMain(['serve', '--port', '0', ...args], { env }));
}

/** Starts the built `serve` as a process. */
export async function startServeProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<ServingProcess> {
  const child = startBin(['serve', '--port', '0', ...args], { env, ...(cwd !== undefined && { cwd }) });
  const { stderr } = child;
  if (stderr === null) throw new Error('no stderr');
  const ended = once(child, 'close').then(([status, signal]) => ({ status, signal }));
  return { ...(await whenServing({ stderr, signal: (name) => child.kill(name), ended })), child };
}

async function whenServing({ stderr, signal, ended }: Running): Promise<Serving> {
  const log: LogLine[] = [];
  const waiting = new Set<() => void>();
  let written = '';
  let hasEnded = false;
  createInterface({ input: stderr }).on('line', (line) => {
    written += `${line}\n`;
    if (line.startsWith('{')) log.push(JSON.parse(line));
    for (const check of waiting) check();
  });
  ended.then(() => {
    hasEnded = true;
    for (const check of waiting) check();
  });

  function logged(message: string): Promise<LogLine> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const line = log.find(({ msg }) => msg === message);
        if (line !== undefined) resolve(line);
        else if (hasEnded) reject(new Error(`serve ended without "${message}": ${written}`));
        else return;
        waiting.delete(check);
      };
      waiting.add(check);
      check();
    });
  }

  const { url } = await logged('serving');
  let answeredAt = Number.NEGATIVE_INFINITY;
  return {
    url: `${url}`,
    log,
    stderr: () => written,
    async get(path, headers = {}) {
      // What `--messages-ttl 1ms` holds fresh is no longer so for the next request.
      while (performance.now() - answeredAt < 2) await setImmediate();
      const answer = await fetch(`${url}${path}`, { headers, redirect: 'manual' });
      answeredAt = performance.now();
      return answer;
    },
    logged,
    signal,
    async stop() {
      signal('SIGTERM');
      const { status, signal: by } = await ended;
      return status ?? by;
    },
  };
}
