import { DataError } from '../errors.js';
import { readReport } from '../source/document/report-document.js';
import { nameProblem } from '../source/document-name.js';
import type { Message, ReportId } from '../source/message.js';
import type { Report } from '../source/report.js';
import { MOST_REPORTS_AT_ONCE } from '../source/reports-at-once.js';
import type { Source } from '../source/source.js';
import { createReportQueue } from './report-queue.js';

/** A report that the source says does not exist: the message's text is priced instead. */
const MISSING = 'missing';
/** A report that was asked for and has not answered. */
const ASKED = 'asked';

/**
 * The reports of a run: each distinct one is asked for once, however many messages name it and however often
 * the messages document is read again.
 */
export function createReportBook(source: Pick<Source, 'report'>) {
  const reports = new Map<number | string, Report | typeof MISSING | typeof ASKED>();
  const queue = createReportQueue(MOST_REPORTS_AT_ONCE, fetch);
  let failure: { readonly error: unknown } | undefined;

  async function fetch(id: ReportId): Promise<void> {
    if (failure !== undefined) return;
    try {
      const bytes = await source.report(id);
      reports.set(reportKey(id), bytes === undefined ? MISSING : readReport(bytes, id));
    } catch (error) {
      failure ??= { error };
    }
  }

  function ask(id: ReportId, key: number | string, message: Message): void {
    const problem = typeof id === 'string' ? nameProblem(id) : undefined;
    if (problem !== undefined) {
      throw new DataError(`message ${message.id}`, `${problem}, so no report can be asked for`, 'report_id');
    }
    reports.set(key, ASKED);
    queue.add(id);
  }

  return {
    /**
     * Asks for the reports that `messages` need and nobody has asked for yet.
     *
     * @returns settles, without an error, when those and all asked for before them have answered: one promise for many
     *   calls. Undefined when all that `messages` need have answered
     * @throws DataError, naming the message, for an id that is no name of a document
     */
    request(messages: readonly Message[]): Promise<unknown> | undefined {
      let complete = true;
      for (const message of messages) {
        const { reportId } = message;
        if (reportId === undefined) continue;
        const key = reportKey(reportId);
        const report = reports.get(key);
        if (report === undefined) ask(reportId, key, message);
        if (report === undefined || report === ASKED) complete = false;
      }
      return complete ? undefined : queue.answered();
    },

    /** The report that prices `message`; undefined when it has none or it is missing. Ask for it first. */
    priceOf({ reportId }: Message): Report | undefined {
      if (reportId === undefined) return undefined;
      const report = reports.get(reportKey(reportId));
      if (report === undefined || report === ASKED) {
        throw new Error(`report ${String(reportId)} was needed before it answered`);
      }
      return report === MISSING ? undefined : report;
    },

    /** @throws the first error that a report met: without its price there is no bill */
    check(): void {
      if (failure !== undefined) throw failure.error;
    },

    /** How many distinct reports were answered, and how many are being waited for. */
    progress: () => ({ answered: reports.size - queue.waiting(), waiting: queue.waiting() }),
  };
}

export type ReportBook = ReturnType<typeof createReportBook>;

/** The same for `7` and `"7"`, which name the same report; a number where it can be, since it is found faster. */
export function reportKey(id: ReportId): number | string {
  if (typeof id === 'number') return id;
  const text = String(id);
  const number = Number(text);
  return String(number) === text ? number : text;
}
