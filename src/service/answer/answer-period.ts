import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { DocumentStore } from '../period/document-store.js';
import type { PeriodDocument } from '../period/period-document.js';
import type { ReportStore } from '../period/report-store.js';
import type { ZoneReader } from '../query/parameters.js';
import type { MemoryBudget } from '../shared/memory-budget.js';
import type { ServiceOptions } from '../shared/service-options.js';
import { type Jobs, requestSignal, SharedWork } from '../shared/work.js';
import type { Metrics } from '../telemetry/metrics.js';
import { type Answer, StoredBody } from './answer.js';
import { sendAnswer } from './send-answer.js';

/** Makes the answer to one query. @param signal ends the work when nobody waits for it any more */
export type MakeAnswer = (document: PeriodDocument, signal: AbortSignal) => Promise<Answer>;

/** A request whose query was checked against the schema of its route. */
export type QueryRequest<Query> = FastifyRequest<{ Querystring: Query }>;

/** What routes need. */
export interface RouteParts extends ServiceOptions {
  readonly documents: DocumentStore;
  readonly reports: ReportStore;
  readonly answers: AnswerStore;
  readonly budget: MemoryBudget;
  readonly jobs: Jobs;
  readonly metrics: Metrics;
  /** Aborted when the service ends. */
  readonly ending: AbortSignal;
  readonly readZone: ZoneReader;
}

/**
 * Adds an address that shows the period: an answer that is still fresh is sent at once and without a promise, another
 * is made.
 *
 * @param read checks the query before upstream is called. Throws Refusal (400, 406)
 */
export function addPeriodRoute<Query>(
  app: FastifyInstance,
  parts: RouteParts,
  path: string,
  schema: FastifySchema,
  read: (request: QueryRequest<Query>, parts: RouteParts) => Promise<MakeAnswer>,
): void {
  const { documents, answers, budget, jobs, deadline, ending, metrics } = parts;

  async function make(request: QueryRequest<Query>, reply: FastifyReply): Promise<FastifyReply> {
    const query = queryOf(request);
    const makeAnswer = await read(request, parts);
    const leave = jobs.enter(query);
    const { signal, release } = requestSignal(request, deadline, ending);
    try {
      return await documents.read(request.arrival, signal, async (document) => {
        const known = answers.find(document, query, request.arrival);
        const answer =
          known ?? (await answers.make(document, query, signal, (work) => makeAnswer(document, work)));
        await sendAnswer(answer, request, reply, budget);
        return reply;
      });
    } finally {
      release();
      leave();
    }
  }

  app.get<{ Querystring: Query }>(path, { schema }, (request, reply) => {
    const { arrival } = request;
    const document = documents.find(arrival);
    const known = document && answers.find(document, queryOf(request), arrival);
    metrics.lookedUp('bill', known === undefined ? 'miss' : 'hit');
    return known === undefined ? make(request, reply) : sendAnswer(known, request, reply, budget);
  });
}

/** All that an answer depends on beside the period. */
function queryOf({ headers: { accept }, url }: Pick<FastifyRequest, 'headers' | 'url'>): string {
  return accept === undefined ? url : `${accept} ${url}`;
}

/** The share of the budget that answers for the next request of the same query may take. */
const SHARE = 1 / 2;
/** Bytes that an answer takes beside its body and its query, about. */
const OVERHEAD = 6 * 1024;

interface Entry {
  readonly answer: Answer;
  /** The number of the document that it was made of. */
  readonly document: number;
}

function overheadOf(query: string): number {
  return query.length + OVERHEAD;
}

/** The latest answer to each query. */
export class AnswerStore {
  private readonly work = new SharedWork<Answer>();
  private readonly entries: LRUCache<string, Entry>;

  constructor(private readonly budget: MemoryBudget) {
    this.entries = new LRUCache({
      maxSize: Math.ceil(budget.limit * SHARE),
      sizeCalculation: ({ answer }, query) => answer.size + overheadOf(query),
      dispose: ({ answer }, query) => {
        answer.retire();
        budget.give(overheadOf(query));
      },
    });
    budget.addCache(() => this.entries.pop() !== undefined);
  }

  /** An answer made of this document that was fresh at `time`. */
  find({ number }: PeriodDocument, query: string, time: number): Answer | undefined {
    const entry = this.entries.get(query);
    if (entry === undefined || entry.document !== number || time >= entry.answer.freshUntil) return undefined;
    return entry.answer;
  }

  /**
   * Makes an answer, once however many want it at the same time. Whoever gets one whose body is outside of memory takes a
   * reference at once.
   *
   * @param signal of the request; `make` gets one that is aborted when nobody waits any more
   * @throws what `make` throws, and the signal's reason
   */
  make(
    { number }: PeriodDocument,
    query: string,
    signal: AbortSignal,
    make: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    return this.work.run(`${number} ${query}`, signal, async (workSignal) => {
      const answer = await make(workSignal);
      // Until those who wait for it have references of their own, which they take before the next turn.
      if (answer.body instanceof StoredBody) setImmediate(answer.body.acquire());
      this.store(query, { answer, document: number });
      return answer;
    });
  }

  /** For the next request of the same query, where there is enough memory. */
  private store(query: string, entry: Entry): void {
    const { answer } = entry;
    const overhead = overheadOf(query);
    this.entries.delete(query);
    if (answer.size + overhead <= this.entries.maxSize && this.budget.tryTake(overhead)) {
      this.entries.set(query, entry);
    } else {
      answer.retire();
    }
  }

  close(): void {
    this.entries.clear();
  }
}
