import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { startBin } from '../process/run.js';

/** A line of the service's log. */
type LogLine = Readonly<Record<string, unknown>>;

export interface Serving {
  readonly url: string;
  readonly child: ChildProcess;
  /** Every line logged so far. */
  readonly log: readonly LogLine[];
  /** Everything written to stderr so far. */
  readonly stderr: () => string;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Waits for a line logged before or after now. */
  logged(message: string): Promise<LogLine>;
  /** SIGTERM, and its exit status or signal. */
  stop(): Promise<number | NodeJS.Signals | null>;
}

/** The address of the next page, without its origin. */
export function nextPage(reply: Response | undefined): string | undefined {
  const link = /^<([^>]+)>; rel="next"$/.exec(reply?.headers.get('link') ?? '')?.[1];
  if (link === undefined) return undefined;
  const { pathname, search } = new URL(link, reply?.url);
  return pathname + search;
}

/** Starts the built `serve` on a free port and waits until it serves. */
export async function startServe(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<Serving> {
  const child = startBin(['serve', '--port', '0', ...args], { env, ...(cwd !== undefined && { cwd }) });
  const { stderr } = child;
  if (stderr === null) throw new Error('no stderr');
  const log: LogLine[] = [];
  const waiting = new Set<() => void>();
  let written = '';
  createInterface({ input: stderr }).on('line', (line) => {
    written += `${line}\n`;
    if (line.startsWith('{')) log.push(JSON.parse(line));
    for (const check of waiting) check();
  });
  const ended = once(child, 'close');
  ended.then(() => {
    for (const check of waiting) check();
  });

  function logged(message: string): Promise<LogLine> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const line = log.find(({ msg }) => msg === message);
        if (line !== undefined) resolve(line);
        else if (child.exitCode !== null) reject(new Error(`serve ended without "${message}": ${written}`));
        else return;
        waiting.delete(check);
      };
      waiting.add(check);
      check();
    });
  }

  const { url } = await logged('serving');
  return {
    url: `${url}`,
    child,
    log,
    stderr: () => written,
    get: (path, headers = {}) => fetch(`${url}${path}`, { headers, redirect: 'manual' }),
    logged,
    async stop() {
      child.kill('SIGTERM');
      const [status, signal] = await ended;
      return status ?? signal;
    },
  };
}
