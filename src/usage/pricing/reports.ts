import { readReport } from '../../document/messages.js';
import type { Message, Report, ReportId } from '../../document/records.js';
import { type Amount, compareAmounts, formatAmount } from '../../engine/index.js';
import { DataError } from '../../errors.js';
import type { Source } from '../../source/source.js';
import { MOST_REPORTS_AT_ONCE, nameProblem } from '../../source/source.js';

/** A report that the source says does not exist: the message's text is priced instead. */
const MISSING = 'missing';
/** A report that was requested and has not answered. */
const PENDING = 'pending';

/**
 * The reports of a run: each distinct one is requested once, however many messages name it and however often
 * the messages document is read again.
 */
export function createReportCache(source: Pick<Source, 'report'>) {
  const reports = new Map<number | string, Report | typeof MISSING | typeof PENDING>();
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

  function enqueue(id: ReportId, key: number | string, message: Message): void {
    const problem = typeof id === 'string' ? nameProblem(id) : undefined;
    if (problem !== undefined) {
      throw new DataError(`message ${message.id}`, `${problem}, so no report can be requested`, 'report_id');
    }
    reports.set(key, PENDING);
    queue.add(id);
  }

  return {
    /**
     * Requests the reports that `messages` need and that were not requested yet.
     *
     * @returns resolves, never rejects, when those and all requested before them have answered: one promise for many
     *   calls. Undefined when all that `messages` need have answered
     * @throws DataError, naming the message, for an id that is not a valid document name
     */
    request(messages: readonly Message[]): Promise<unknown> | undefined {
      let complete = true;
      for (const message of messages) {
        const { reportId } = message;
        if (reportId === undefined) continue;
        const key = reportKey(reportId);
        const report = reports.get(key);
        if (report === undefined) enqueue(reportId, key, message);
        if (report === undefined || report === PENDING) complete = false;
      }
      return complete ? undefined : queue.answered();
    },

    /** The report that prices `message`; undefined when it has none or it is missing. To be requested first. */
    reportOf({ reportId }: Message): Report | undefined {
      if (reportId === undefined) return undefined;
      const report = reports.get(reportKey(reportId));
      if (report === undefined || report === PENDING) {
        throw new Error(`report ${String(reportId)} was needed before it answered`);
      }
      return report === MISSING ? undefined : report;
    },

    /** @throws the first error of a request: without the report's price there is no bill */
    check(): void {
      if (failure !== undefined) throw failure.error;
    },

    /** How many distinct reports have answered, and how many have not. */
    progress: () => ({ answered: reports.size - queue.waiting(), waiting: queue.waiting() }),
  };
}

export type ReportCache = ReturnType<typeof createReportCache>;

/** The same for `7` and `"7"`, which name the same report; a number where it can be, since it is found faster. */
function reportKey(id: ReportId): number | string {
  if (typeof id === 'number') return id;
  const text = String(id);
  const number = Number(text);
  return String(number) === text ? number : text;
}

/**
 * Requests reports in the order in which they were added, at most `concurrency` at a time. One that waits its turn is
 * an array element, so that a bill may name millions.
 *
 * @param fetch must not throw
 */
export function createReportQueue(concurrency: number, fetch: (id: ReportId) => Promise<void>) {
  const ids: ReportId[] = [];
  let started = 0;
  let workers = 0;
  /** All ids before this index have answered. */
  let complete = 0;
  /** Indexes beyond `complete` that have answered: fewer than `concurrency`. */
  const early = new Set<number>();
  const waiters: { readonly count: number; readonly promise: Promise<void>; resolve(): void }[] = [];

  async function work(): Promise<void> {
    for (let id = ids[started]; id !== undefined; id = ids[started]) {
      const index = started++;
      await fetch(id);
      early.add(index);
      while (early.delete(complete)) complete++;
      while (waiters[0] !== undefined && waiters[0].count <= complete) waiters.shift()?.resolve();
    }
    workers--;
  }

  return {
    add(id: ReportId): void {
      ids.push(id);
      if (workers === concurrency) return;
      workers++;
      void work();
    },

    /** Resolves when all added so far have answered: one promise until more are added. */
    answered(): Promise<void> {
      const count = ids.length;
      if (count === complete) return Promise.resolve();
      const last = waiters.at(-1);
      if (last?.count === count) return last.promise;
      let resolve = () => {};
      const promise = new Promise<void>((done) => {
        resolve = done;
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
 * Checks that parts of one bill agree about each report: whether it exists, its name and its cost. Parts that do
 * not were priced from different data, and the merged report would depend on their order.
 *
 * @returns a function that throws a DataError that names both parts; `name` is undefined for a missing report, `cost`
 *   where the part does not say
 */
export function createReportCheck() {
  const claims = new Map<number | string, ReportClaim>();

  return (id: ReportId, name: string | undefined, cost: Amount | undefined, part: string): void => {
    const key = reportKey(id);
    const known = claims.get(key);
    if (known === undefined) {
      claims.set(key, { name, cost, part });
      return;
    }
    const sameCost = cost === undefined || known.cost === undefined || compareAmounts(cost, known.cost) === 0;
    if (known.name === name && sameCost) return;
    const describe = (claim: Pick<ReportClaim, 'name' | 'cost'>) => {
      if (claim.name === undefined) return 'missing';
      const price = sameCost || claim.cost === undefined ? '' : ` for ${formatAmount(claim.cost)}`;
      return `${JSON.stringify(claim.name)}${price}`;
    };
    const problem = `is ${describe({ name, cost })}, but ${describe(known)} in ${known.part}: they cannot be added`;
    throw new DataError(part, `report ${id} ${problem}`);
  };
}
