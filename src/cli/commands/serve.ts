import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from '@commander-js/extra-typings';
import { CommandLineError, UnreadableError, UpstreamError } from '../../errors.js';
import { isOsError, reasonOf } from '../../os-error.js';
import { type OptionsOf, withOptions } from '../options/declare.js';
import { billOptions } from '../options/period.js';
import { serviceChoice, serviceOptions } from '../options/settings.js';
import type { Context } from '../process/host.js';
import { defineCommand } from './define.js';

const declareServe = () =>
  withOptions(
    new Command('serve').description(
      'answer over HTTP: /usage, /usage/ID, /summary, /health, /ready, /metrics, /openapi.json, and the page at /',
    ),
    [...serviceOptions(), ...billOptions()],
  );

export type ServeOptions = OptionsOf<typeof declareServe>;

export const make = defineCommand({
  purpose: 'Serve and scale:',

  declare: declareServe,
  readsSource: ({ hashToken, healthcheck }) => hashToken === undefined && healthcheck !== true,
  readsStdin: ({ hashToken }) => hashToken !== undefined,
  async run(options, context) {
    if (options.hashToken !== undefined) return printTokenLine(options.hashToken, context);
    if (options.healthcheck === true) return checkHealth(options, context);
    const { runService } = await import('../run/service.js');
    return runService(options, context);
  },
});

/** Runs `serve --hash-token NAME`: the token comes by stdin, since other users see a process's flags. */
async function printTokenLine(name: string, { host }: Context): Promise<void> {
  if (!/^[^\s#]\S*$/.test(name)) {
    throw new CommandLineError('--hash-token: expected a name without spaces that does not begin with #');
  }
  const { SHORTEST_TOKEN, tokenLine } = await import('../../service/auth/access.js');
  const token = (await text(host.stdin)).trim();
  if (!/^[!-~]+$/.test(token) || token.length < SHORTEST_TOKEN) {
    throw new CommandLineError(
      `--hash-token: expected a token of at least ${SHORTEST_TOKEN} printable ASCII characters on stdin`,
    );
  }
  host.stdout.write(tokenLine(name, token));
}

/** Milliseconds: less than the three seconds that the image gives the check. */
const LONGEST = 2500;

/**
 * Runs `serve --healthcheck`: requests `/health` of the service that wrote `--address-file`, so that the check follows
 * whatever flags the service was started with.
 *
 * @throws CommandLineError, UnreadableError (not started yet, or ended), UpstreamError (not alive)
 */
async function checkHealth(options: ServeOptions, { host }: Context): Promise<void> {
  const { addressFile } = await serviceChoice(options, host);
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
