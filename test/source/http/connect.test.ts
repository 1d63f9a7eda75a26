import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { type ConnectLimits, createAgent } from '../../../src/source/http/connect.js';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/**
 * An address where connections get no answer: a stopped process whose queue of connections is full, so that the
 * kernel drops what comes. It answers when `wake` is called.
 */
async function openSilent(): Promise<{ port: number; wake(): void }> {
  const program = `
    const server = require('node:http').createServer((_, response) => response.end('slow'));
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  cleanUps.push(() => child.kill('SIGKILL'));
  const [line]: unknown[] = await once(child.stdout, 'data');
  const port = Number(String(line));
  child.kill('SIGSTOP');
  const fillers: Socket[] = [];
  for (let count = 0; count < 8; count++) fillers.push(connect(port, '127.0.0.1').on('error', () => {}));
  const close = () => {
    for (const each of fillers) each.destroy();
  };
  cleanUps.push(close);
  const [first] = fillers;
  if (first !== undefined) await once(first, 'connect');
  return {
    port,
    wake() {
      close();
      child.kill('SIGCONT');
    },
  };
}

async function openGood(host: string, port: number): Promise<void> {
  const server: Server = createServer((_, response) => response.end(host));
  server.listen(port, host);
  await once(server, 'listening');
  cleanUps.push(() => server.close());
}

/** Asks a host that has these addresses, and gives the body and how long it took. */
async function ask(addresses: readonly string[], port: number, limits: Partial<ConnectLimits> = {}) {
  const agent = createAgent(
    'http:',
    {},
    {
      connectTimeout: 20_000,
      signal: new AbortController().signal,
      lookup: (_, __, done) =>
        done(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        ),
      ...limits,
    },
  );
  cleanUps.push(() => agent.destroy());
  const began = performance.now();
  const outgoing = get({ host: 'usage.test', port, agent });
  const [response] = await once(outgoing, 'response');
  return { body: await text(response), milliseconds: performance.now() - began };
}

const NOBODY = '127.0.0.7';

describe('fault C5 (each address of a host has the connect timeout)', () => {
  test('an address that takes longer than 250 ms, beside one that is refused', async () => {
    const silent = await openSilent();
    const answer = ask(['::1', '127.0.0.1'], silent.port);
    setTimeout(silent.wake, 400);
    // The kernel asks again after a second.
    expect(await answer).toMatchObject({ body: 'slow' });
    expect((await answer).milliseconds).toBeGreaterThan(400);
  });

  test.for(['127.0.0.9', '::1'])('a silent address before %s does not hold it up', async (good) => {
    const { port } = await openSilent();
    await openGood(good, port);
    const answer = await ask(['127.0.0.1', good], port);
    expect(answer.body).toBe(good);
    expect(answer.milliseconds).toBeLessThan(10_000);
  });

  test('a refused address does not cost a head start: all are tried', async () => {
    const { port } = await openSilent();
    await openGood('127.0.0.9', port);
    expect(await ask([NOBODY, '127.0.0.8', '::1', '127.0.0.9'], port)).toMatchObject({ body: '127.0.0.9' });
  });

  test('where nobody answers the time is up after the connect timeout, not after 250 ms', async () => {
    const { port } = await openSilent();
    const began = performance.now();
    await expect(ask(['127.0.0.1', '127.0.0.1'], port, { connectTimeout: 700 })).rejects.toMatchObject({
      message: 'no connection within 700 ms',
    });
    expect(performance.now() - began).toBeGreaterThan(690);
  });

  test('a refusal tells more than silence; a lookup that hangs ends; an abort ends all', async () => {
    const { port } = await openSilent();
    await expect(ask(['127.0.0.1', NOBODY], port, { connectTimeout: 500 })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    await expect(ask([], port, { connectTimeout: 50, lookup: () => {} })).rejects.toMatchObject({
      message: 'no address of usage.test within 50 ms',
    });
    const abort = new AbortController();
    const asked = ask(['127.0.0.1'], port, { signal: abort.signal });
    setTimeout(() => abort.abort(new Error('enough')), 50);
    await expect(asked).rejects.toThrow('enough');
  });
});
