import { DataError, UnauthorizedError } from '../../errors.js';
import { limitConcurrency, type Source, type SourceObserver, startRun, type Validators } from '../source.js';
import {
  type Address,
  authorizationFor,
  documentAddress,
  type HttpSettings,
  redactUrl,
  showAddress,
} from './address.js';
import { type Agents, createAgents } from './agents.js';
import { collectBody, readBody } from './body.js';
import { type Opened, openDocument } from './exchange.js';
import { Fault, lasting } from './fault.js';
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
export function httpSource(settings: HttpSettings, observer: SourceObserver = {}, pool?: Agents): Source {
  const { base, period, retries, concurrency, maxBody } = settings;
  const authorization = authorizationFor(settings);
  const run = startRun(settings, (problem) => lasting('timeout', problem));
  const limit = limitConcurrency(concurrency);
  const agents = pool ?? createAgents(settings, run.signal);
  const context = { settings, agents, signal: run.signal };

  /** Fetches either kind of document. */
  async function fetchDocument<T>(
    document: 'messages' | 'report',
    address: Address,
    absent: 304 | 404,
    read: (opened: Opened | undefined) => Promise<T>,
    known?: Validators,
  ): Promise<T> {
    const url = showAddress(address);
    const attempt = async (number: number): Promise<T> => {
      const start = performance.now();
      let outcome = '200';
      const exchange = observer.exchange?.({ document, url, attempt: number });
      const headers = { ...exchange?.headers, ...(authorization !== undefined && { authorization }) };
      try {
        const opened = await openDocument(address, headers, context, absent, known);
        if (opened === undefined) outcome = String(absent);
        else exchange?.answered?.(opened.body.transfer);
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

  return {
    name: redactUrl(base),

    async messages(consume, known) {
      const address = documentAddress(base, 'messages', period);
      const tooLong = () =>
        new DataError(showAddress(address), `longer than ${maxBody} bytes; --max-body sets the limit`);
      const read = async (opened: Opened | undefined) => {
        if (opened !== undefined) {
          return readBody(opened.body, maxBody, tooLong, (bytes) => consume(bytes, opened.validators));
        }
        if (known === undefined) throw new Error('a document that was not known is unchanged');
        return known.result;
      };
      return fetchDocument('messages', address, 304, read, known?.validators);
    },

    async report(id) {
      const address = documentAddress(base, 'reports', String(id));
      const tooLong = () =>
        new DataError(
          showAddress(address),
          `longer than ${LONGEST_REPORT} bytes, the most a report may have`,
        );
      return limit(() =>
        fetchDocument('report', address, 404, async (opened) =>
          opened === undefined ? undefined : collectBody(opened.body, LONGEST_REPORT, tooLong),
        ),
      );
    },

    async close() {
      run.end(lasting('aborted', 'the source is closed'));
      if (pool === undefined) agents.destroy();
    },
  };
}
