import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { BIN } from '../process/run.js';
import { exchange, requestText } from './raw-http.js';
import { type ServingProcess, startServe, startServeProcess } from './start-serve.js';

const LINUX = process.platform === 'linux';
let child: ChildProcess | undefined;
let serving: ServingProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
  serving?.child.kill('SIGKILL');
});

const KIND = 'fault E11 (what becomes of the log never holds the service)';
const metricIn = (metrics: string, name: string) =>
  Number(new RegExp(`^${name}(?:{.*})? (\\S+)$`, 'm').exec(metrics)?.[1]);
const droppedAt = async (url: string) =>
  metricIn(await (await fetch(`${url}/metrics`)).text(), 'o_copilot_log_lines_dropped_total');

describe(KIND, () => {
  test.skipIf(!LINUX).each(['json', 'pretty'])('a full disk, LOG_FORMAT=%s', async (format) => {
    const full = openSync('/dev/full', 'w');
    child = spawn(process.execPath, [BIN, 'serve', '--source', 'sample', '--port', '0'], {
      stdio: ['ignore', 'ignore', full],
      env: { PATH: process.env.PATH, LOG_FORMAT: format },
    });
    closeSync(full);
    const url = `http://127.0.0.1:${await portOf(child)}`;
    for (let request = 0; request < 5; request++) expect((await fetch(`${url}/usage`)).status).toBe(200);
    await expect.poll(() => droppedAt(url)).toBeGreaterThanOrEqual(5);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('a reader that has left', async () => {
    serving = await startServeProcess(['--source', 'sample']);
    const { url, child: service, get } = serving;
    service.stderr?.destroy();
    for (let request = 0; request < 5; request++) expect((await get('/usage')).status).toBe(200);
    await expect.poll(() => droppedAt(url)).toBeGreaterThanOrEqual(5);
    service.kill('SIGTERM');
    expect(await once(service, 'exit')).toEqual([0, null]);
  });

  test('a reader that is stuck: memory is bounded, lines are counted, SIGTERM ends it', async () => {
    serving = await startServeProcess(['--source', 'sample', '--rate-limit', 'off']);
    const { url, child: service } = serving;
    service.kill('SIGSTOP');
    service.stderr?.removeAllListeners('data').pause();
    service.kill('SIGCONT');
    // A pipe takes 64 KiB, the log keeps 1 Mi characters: a line of a request is about 200 of them.
    const headers = ['Host: localhost'];
    const close = requestText({ target: '/health', headers: [...headers, 'Connection: close'] });
    const wave = requestText({ target: '/health', headers }).repeat(1000) + close;
    const deadline = Date.now() + 25_000;
    while ((await droppedAt(url)) === 0 && Date.now() < deadline) {
      expect(await exchange(url, wave)).toHaveLength(1001);
    }
    expect(await droppedAt(url)).toBeGreaterThan(0);
    service.kill('SIGTERM');
    const stopped = performance.now();
    expect(await once(service, 'exit')).toEqual([0, null]);
    expect(performance.now() - stopped).toBeLessThan(5000);
  });
});

/** The port that a child listens on, once it does: its log cannot tell. */
async function portOf({ pid }: ChildProcess): Promise<number> {
  let port: number | undefined;
  await expect
    .poll(
      () => {
        port = listeningPort(pid);
        return port;
      },
      { timeout: 20_000 },
    )
    .toBeDefined();
  return port ?? 0;
}

/** From proc(5): the inodes of a process's sockets, and the port of the one that listens. */
function listeningPort(pid: number | undefined): number | undefined {
  const inodes = readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1] ?? [];
    } catch {
      return [];
    }
  });
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n')) {
    const [, address = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    if (state === '0A' && inodes.includes(inode)) return Number.parseInt(address.split(':')[1] ?? '', 16);
  }
  return undefined;
}

function has(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('fault F6 (metrics are named as Prometheus asks)', () => {
  test('the build has an info metric, and no gauge is called a total', async () => {
    const { get, stop } = await startServe(['--source', 'sample']);
    const metrics = await (await get('/metrics')).text();
    expect(metricIn(metrics, 'o_copilot_build_info')).toBe(1);
    expect(metrics).toMatch(/^o_copilot_build_info\{version="\d+\.\d+\.\d+",node="v\d+\.\d+\.\d+"\} 1$/m);
    expect(metrics.match(/^# TYPE \S+_total gauge$/gm)).toBeNull();
    await stop();
  });

  test.skipIf(!has('promtool'))('promtool check metrics says nothing (needs promtool)', async () => {
    const { get, stop } = await startServe(['--source', 'sample']);
    await get('/usage');
    const metrics = await (await get('/metrics')).text();
    expect(execFileSync('promtool', ['check', 'metrics'], { input: metrics, encoding: 'utf8' })).toBe('');
    await stop();
  });
});
