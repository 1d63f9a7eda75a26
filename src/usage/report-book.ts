import { readReport } from '../source/document/report-document.js';
import type { Message, ReportId } from '../source/message.js';
import type { Report } from '../source/report.js';
import type { Source } from '../source/source.js';

/** A report that the source says does not exist: the message's text is priced instead. */
const MISSING = null;

/**
 * The reports of a run: each distinct one is asked for once, however many messages name it and however often
 * the messages document is read again. How many requests run at a time is the source's to bound.
 */
export function createReportBook(source: Pick<Source, 'report'>) {
  const known = new Map<string, Report | typeof MISSING>();
  const asked = new Map<string, Promise<void>>();
  let failure: { readonly error: unknown } | undefined;

  async function fetch(id: ReportId, key: string): Promise<void> {
    try {
      const bytes = await source.report(id);
      known.set(key, bytes === undefined ? MISSING : readReport(bytes, id));
    } catch (error) {
      failure ??= { error };
    } finally {
      asked.delete(key);
    }
  }

  return {
    /**
     * Asks for the reports that `messages` need and nobody has asked for yet.
     *
     * @returns settles, without an error, when all they need have been answered; undefined when they have
     */
    request(messages: readonly Message[]): Promise<unknown> | undefined {
      let waits: Set<Promise<void>> | undefined;
      for (const { reportId } of messages) {
        if (reportId === undefined) continue;
        const key = String(reportId);
        if (known.has(key)) continue;
        let answer = asked.get(key);
        if (answer === undefined) {
          answer = fetch(reportId, key);
          asked.set(key, answer);
        }
        waits ??= new Set();
        waits.add(answer);
      }
      return waits && Promise.all(waits);
    },

    /** The report that prices `message`; undefined when it has none or it is missing. Ask for it first. */
    priceOf(message: Message): Report | undefined {
      if (message.reportId === undefined) return undefined;
      return known.get(String(message.reportId)) ?? undefined;
    },

    /** @throws the first error that a report met: without its price there is no bill */
    check(): void {
      if (failure !== undefined) throw failure.error;
    },

    /** How many distinct reports were answered, and how many are being waited for. */
    progress: () => ({ answered: known.size, waiting: asked.size }),
  };
}

export type ReportBook = ReturnType<typeof createReportBook>;
