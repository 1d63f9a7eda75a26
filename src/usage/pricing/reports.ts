import { type Amount, compareAmounts, formatAmount } from '../../engine/index.js';
import { DataError } from '../../errors.js';
import { readReport } from '../../source/document/report-document.js';
import { nameProblem } from '../../source/document-name.js';
import type { Message, ReportId } from '../../source/message.js';
import type { Report } from '../../source/report.js';
import { MOST_REPORTS_AT_ONCE } from '../../source/reports-at-once.js';
import type { Source } from '../../source/source.js';

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
function reportKey(id: ReportId): number | string {
  if (typeof id === 'number') return id;
  const text = String(id);
  const number = Number(text);
  return String(number) === text ? number : text;
}

/**
 * Asks for reports in the order in which they were added, `most` at a time. One that waits for its turn costs a place
 * in an array, so that a bill may name millions.
 *
 * @param ask must not throw
 */
export function createReportQueue(most: number, ask: (id: ReportId) => Promise<void>) {
  const ids: ReportId[] = [];
  let asked = 0;
  let asking = 0;
  /** So many from the first on have all answered. */
  let complete = 0;
  /** Places of those that answered before one ahead of them: fewer than `most`. */
  const early = new Set<number>();
  const waiters: { readonly count: number; readonly promise: Promise<void>; resolve(): void }[] = [];

  async function askOn(): Promise<void> {
    for (let id = ids[asked]; id !== undefined; id = ids[asked]) {
      const place = asked++;
      await ask(id);
      end(place);
    }
    asking--;
  }

  function end(place: number): void {
    early.add(place);
    while (early.delete(complete)) complete++;
    while (waiters[0] !== undefined && waiters[0].count <= complete) waiters.shift()?.resolve();
  }

  return {
    add(id: ReportId): void {
      ids.push(id);
      if (asking === most) return;
      asking++;
      void askOn();
    },

    /** Settles when all added so far have answered: one promise until more are added. */
    answered(): Promise<void> {
      const count = ids.length;
      if (count === complete) return Promise.resolve();
      const last = waiters.at(-1);
      if (last?.count === count) return last.promise;
      let resolve = () => {};
      const promise = new Promise<void>((settle) => {
        resolve = settle;
      });
      waiters.push({ count, promise, resolve });
      return promise;
    },

    /** How many have not answered. */
    waiting: () => ids.length - complete - early.size,
  };
}

/** What a part of a bill says of a report. */
interface ReportClaim {
  /** Undefined: the report is missing, and texts were priced. */
  readonly name: string | undefined;
  readonly cost: Amount | undefined;
  readonly part: string;
}

/**
 * Makes a check that parts of one bill agree about each report: whether it exists, its name and its cost. Parts that do
 * not were priced from different data, and what they say of the report would depend on their order.
 *
 * @returns a function that throws a DataError that names both parts; `name` is undefined for a missing report, `cost`
 *   where the part does not say
 */
export function createReportCheck() {
  const claims = new Map<number | string, ReportClaim>();

  return (id: ReportId, name: string | undefined, cost: Amount | undefined, part: string): void => {
    const known = claims.get(reportKey(id));
    if (known === undefined) claims.set(reportKey(id), { name, cost, part });
    else if (known.name !== name || known.cost !== cost) compare(id, known, { name, cost, part });
  };
}

function compare(id: ReportId, known: ReportClaim, found: ReportClaim): void {
  const bothCost = found.cost !== undefined && known.cost !== undefined;
  const sameCost = !bothCost || compareAmounts(found.cost, known.cost) === 0;
  if (known.name === found.name && sameCost) return;
  const [here, there] = [found, known].map(({ name, cost }) => shown(name, sameCost ? undefined : cost));
  throw new DataError(
    found.part,
    `report ${id} is ${here}, but ${there} in ${known.part}: they cannot be added`,
  );
}

function shown(name: string | undefined, cost: Amount | undefined): string {
  if (name === undefined) return 'missing';
  return cost === undefined ? JSON.stringify(name) : `${JSON.stringify(name)} for ${formatAmount(cost)}`;
}
