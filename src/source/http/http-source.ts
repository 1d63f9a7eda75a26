import { setMaxListeners } from 'node:events';
import { DataError, UnauthorizedError } from '../../errors.js';
import { limitConcurrency, type Source, type SourceObserver, type Validators } from '../source.js';
import {
  type Address,
  authorizationFor,
  messagesAddress,
  redactUrl,
  reportAddress,
  showAddress,
} from './address.js';
import { transferOf } from './body.js';
import type { Client } from './client.js';
import { collectBytes, type Opened, openDocument, readBody } from './document.js';
import { Fault, showDuration, statusFault } from './fault.js';
import { withRetries } from './retry.js';

/** Bytes. A report is a name and a cost. */
const LONGEST_REPORT = 8 * 1024 * 1024;

/**
 * Messages and reports over HTTP, for one run: the first failure, whatever it is, the deadline, the signal
 * and `close` end it for every request under way and to come. Throws SettingError for a token that no header
 * can carry. Its calls throw UpstreamError, UpstreamTimeoutError, UnauthorizedError, DataError, SettingError
 * for a proxy variable, the signal's reason, and what `consume` throws.
 *
 * Only a body read to its end is known to be whole, so `consume` reads on after the last byte it needs.
 *
 * @param pool connections shared with other sources, which outlives this one; without it the source has its own
 */
export function httpSource(
  settings: HttpSettings,
  observer: SourceObserver = {},
  pool?: ConnectionPool,
): Source {
  const { base, period, retries, concurrency, maxBody } = settings;
  const authorization = authorizationFor(settings);
  const run = startRun(settings);
  const limit = limitConcurrency(concurrency);
  const connections = pool ?? createConnectionPool(settings, run.signal);

  async function open(
    address: Address,
    own: Readonly<Record<string, string>>,
    known?: Validators,
  ): Promise<Opened> {
    run.signal.throwIfAborted();
    return openDocument(address, await connections.client(), settings, own, run.signal, known);
  }

  /** Fetches either kind of document. */
  async function fetchDocument<T>(
    document: 'messages' | 'report',
    address: Address,
    read: (opened: Opened) => Promise<T>,
    known?: Validators,
  ): Promise<T> {
    const url = showAddress(address);
    const attempt = async (number: number): Promise<T> => {
      const start = performance.now();
      let outcome = '200';
      const exchange = observer.exchange?.({ document, url, attempt: number });
      const own = { ...exchange?.headers, ...(authorization !== undefined && { authorization }) };
      try {
        const opened = await open(address, own, known);
        outcome = String(opened.status);
        const transfer = opened.status === 200 ? transferOf(opened.body) : undefined;
        if (transfer !== undefined) exchange?.answered?.(transfer);
        return await read(opened);
      } catch (error) {
        if (error instanceof Fault) outcome = error.outcome;
        else if (error instanceof UnauthorizedError) outcome = String(error.status);
        else if (run.signal.aborted) outcome = 'aborted';
        throw error;
      } finally {
        exchange?.end(outcome, performance.now() - start);
      }
    };
    try {
      return await withRetries(attempt, { run, url, retries, observer });
    } catch (error) {
      run.end(error);
      throw error;
    }
  }

  function messagesTooLong(): DataError {
    const where = showAddress(messagesAddress(base, period));
    return new DataError(where, `longer than ${maxBody} bytes; --max-body sets the limit`);
  }

  return {
    name: redactUrl(base),

    async messages(consume) {
      return fetchDocument('messages', messagesAddress(base, period), async (opened) => {
        if (opened.status !== 200) throw refuseStatus(opened.status);
        return readBody(opened.body, maxBody, messagesTooLong, consume);
      });
    },

    async messagesIfChanged(known, consume) {
      const read = async (opened: Opened) => {
        if (opened.status === 304) return 'unchanged' as const;
        if (opened.status === 404) throw refuseStatus(404);
        const { body, validators } = opened;
        return {
          changed: await readBody(body, maxBody, messagesTooLong, (bytes) => consume(bytes, validators)),
        };
      };
      return fetchDocument('messages', messagesAddress(base, period), read, known);
    },

    async report(id) {
      const address = reportAddress(base, id);
      const tooLong = () =>
        new DataError(
          showAddress(address),
          `longer than ${LONGEST_REPORT} bytes, the most a report may have`,
        );
      return limit(() =>
        fetchDocument('report', address, async (opened) => {
          if (opened.status === 404) return undefined;
          if (opened.status === 304) throw refuseStatus(304);
          return readBody(opened.body, LONGEST_REPORT, tooLong, collectBytes);
        }),
      );
    },

    async close() {
      run.end(new Fault('the source is closed', { outcome: 'aborted', transient: false }));
      if (pool === undefined) await connections.close();
    },
  };
}

function refuseStatus(status: number): Fault {
  return statusFault(status, `the server answered with status ${status}`);
}

/** Connections to upstream, kept alive between requests. */
export interface ConnectionPool {
  client(): Promise<Client>;
  /** Ends all connections. Safe twice. */
  close(): Promise<void>;
}

/** @param signal ends connections that are being opened through a proxy */
export function createConnectionPool(settings: HttpSettings, signal: AbortSignal): ConnectionPool {
  let client: Promise<Client> | undefined;

  async function open(): Promise<Client> {
    const { createClient } = await import('./client.js');
    return createClient(settings, signal);
  }

  return {
    client() {
      client ??= open();
      return client;
    },
    async close() {
      (await client)?.destroy();
    },
  };
}

/** Node fires a timer longer than this at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The run that all requests of a source belong to: it ends for all of them at once. */
export interface Run {
  /** Aborted at the deadline, by the caller's signal, or by `end`; its reason says which. */
  readonly signal: AbortSignal;
  /** Milliseconds until the deadline; undefined where there is none. */
  remaining(): number | undefined;
  /** Ends the run: requests under way and to come throw `reason`. The first reason stays. */
  end(reason: unknown): void;
}

function startRun({ deadline, startedAt, signal }: HttpSettings): Run {
  const controller = new AbortController();
  // One listener a request, and there are as many as the concurrency asks for.
  setMaxListeners(0, controller.signal);
  const remaining = () => (deadline === undefined ? undefined : startedAt + deadline - performance.now());

  const left = remaining() ?? Number.POSITIVE_INFINITY;
  const expire = () => end(deadlineFault(deadline ?? 0));
  const timer = left > 0 && left <= LONGEST_TIMER ? setTimeout(expire, left).unref() : undefined;
  const interrupt = () => end(signal?.reason);

  function end(reason: unknown): void {
    clearTimeout(timer);
    signal?.removeEventListener('abort', interrupt);
    controller.abort(reason);
  }

  if (signal?.aborted) interrupt();
  if (left <= 0) expire();
  signal?.addEventListener('abort', interrupt);
  return { signal: controller.signal, remaining, end };
}

function deadlineFault(deadline: number): Fault {
  return new Fault(`deadline of ${showDuration(deadline)} passed`, { outcome: 'timeout', transient: false });
}

/** Everything an HTTP source needs to know, resolved and checked by the caller. Times are milliseconds. */
export interface HttpSettings {
  /** http or https. User name and password become Basic authorization; the query is kept on every request. */
  readonly base: URL;
  /** Names the messages document: `current-period`. */
  readonly period: string;
  /** Sent as a bearer token to the base's origin only. */
  readonly token?: string;
  /** Where the token was set, for hints: `O_COPILOT_TOKEN`, `.env line 3`. */
  readonly tokenOrigin?: string;
  /** For the name lookup, for each address of the host, for the proxy, and for TLS. */
  readonly connectTimeout: number;
  /** The longest silence between two bytes of an answer. */
  readonly readTimeout: number;
  /** The budget of the whole run, counted from `startedAt`; none without it. */
  readonly deadline?: number;
  /** `performance.now()` when the run began. */
  readonly startedAt: number;
  /** Requests made again for one document, after the first. */
  readonly retries: number;
  /** Reports asked for at once. */
  readonly concurrency: number;
  /** The most bytes of the messages document, decompressed. */
  readonly maxBody: number;
  /** Ends the run; its reason is what every call then throws. */
  readonly signal?: AbortSignal;
  /** `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` are read from here, in either case. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userAgent: string;
}
