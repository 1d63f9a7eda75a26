import { readFile } from 'node:fs/promises';
import { CommandLineError, UnreadableError, UpstreamError } from '../errors.js';
import { isOsError, reasonOf } from '../os-error.js';
import type { Run } from './host.js';
import { serveChoiceFrom } from './options/serve-options.js';
import type { RawFlags } from './options/setting-options.js';

/** Milliseconds: less than the three seconds that the image gives the check. */
const LONGEST = 2500;

/**
 * Runs `serve --healthcheck`: asks `/health` of the service that wrote `--address-file`, so that the check follows
 * whatever flags the service was started with.
 *
 * @throws CommandLineError, UnreadableError (not started yet, or ended), UpstreamError (not alive)
 */
export async function checkHealth(flags: RawFlags, { host }: Run): Promise<void> {
  const { addressFile } = await serveChoiceFrom(flags, host);
  if (addressFile === undefined) {
    throw new CommandLineError('--healthcheck: needs the --address-file of the service that it asks');
  }
  const written = await readFile(addressFile, 'utf8').catch((error: unknown) => {
    throw new UnreadableError(addressFile, `${reasonOf(error)}; serve writes it when it listens`);
  });
  const address = written.trim();
  if (!URL.canParse('/health', address)) throw new UnreadableError(addressFile, 'holds no URL');
  const url = new URL('/health', address);
  // The addresses that mean every one of this machine are none to connect to.
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  if (url.hostname === '[::]') url.hostname = '[::1]';
  const status = await statusOf(url);
  if (status !== 200) throw new UpstreamError(url.href, `answered with status ${status}`, status);
}

/** Sends no secret and reads no bill, so any certificate will do. */
async function statusOf(url: URL): Promise<number> {
  const { get } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(
        new UpstreamError(url.href, isOsError(error) ? reasonOf(error) : `no answer within ${LONGEST} ms`),
      );
    const request = get(
      url,
      { agent: false, rejectUnauthorized: false, signal: AbortSignal.timeout(LONGEST) },
      (response) => {
        response.resume();
        response.on('error', fail);
        response.on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    request.on('error', fail);
  });
}
