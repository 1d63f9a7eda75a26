import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DocumentStore } from '../period/document-store.js';
import type { PeriodDocument } from '../period/period-document.js';
import type { Jobs } from '../shared/jobs.js';
import type { MemoryBudget } from '../shared/memory-budget.js';
import { requestSignal } from '../shared/request-signal.js';
import type { Answer } from './answer.js';
import type { AnswerStore } from './answer-store.js';
import { sendAnswer } from './send-answer.js';

/** Makes the answer to one query. @param signal ends the work when nobody waits for it any more */
export type MakeAnswer = (document: PeriodDocument, signal: AbortSignal) => Promise<Answer>;

/** A request whose query was checked against the schema of its route. */
export type QueryRequest<Query> = FastifyRequest<{ Querystring: Query }>;

export interface AnswerParts {
  readonly documents: DocumentStore;
  readonly answers: AnswerStore;
  readonly budget: MemoryBudget;
  readonly jobs: Jobs;
  /** Milliseconds that a request may take. */
  readonly deadline: number;
  /** Aborted when the service ends. */
  readonly ending: AbortSignal;
  /** Called with whether there was an answer already. */
  onLookup(outcome: 'hit' | 'miss'): void;
}

/**
 * Sends an answer that is still fresh, at once and without a promise, or has one made.
 *
 * @param read checks the query before upstream is called. Throws Refusal (400, 406)
 */
export function answerPeriod<Query>(
  { documents, answers, budget, jobs, deadline, ending, onLookup }: AnswerParts,
  read: (request: QueryRequest<Query>) => Promise<MakeAnswer>,
) {
  async function make(request: QueryRequest<Query>, reply: FastifyReply): Promise<FastifyReply> {
    const query = queryOf(request);
    const makeAnswer = await read(request);
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

  return (request: QueryRequest<Query>, reply: FastifyReply): Promise<FastifyReply> | undefined => {
    const { arrival } = request;
    const document = documents.find(arrival);
    const known = document && answers.find(document, queryOf(request), arrival);
    onLookup(known === undefined ? 'miss' : 'hit');
    return known === undefined ? make(request, reply) : sendAnswer(known, request, reply, budget);
  };
}

/** All that an answer depends on beside the period. */
function queryOf({ headers: { accept }, url }: Pick<FastifyRequest, 'headers' | 'url'>): string {
  return accept === undefined ? url : `${accept} ${url}`;
}
