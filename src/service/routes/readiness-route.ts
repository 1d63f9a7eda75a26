import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { DocumentStore } from '../period/document-store.js';
import { SECURITY_HEADERS, toProblem } from '../shared/problem.js';
import { requestSignal } from '../shared/request-signal.js';
import { READINESS_SCHEMA } from './schemas/operation.js';

/** Milliseconds since upstream answered that still count as lately. */
const LATELY = 30_000;

export interface ReadinessParts {
  readonly documents: DocumentStore;
  /** Milliseconds that the look at upstream may take. */
  readonly deadline: number;
  readonly ending: AbortSignal;
  /** Paths that no client may see. */
  readonly serverPaths: readonly string[];
  redisState(): 'up' | 'down' | 'unused';
}

/**
 * `GET /ready`: upstream answered lately, or does so now. Redis may be down: the service then goes on without its
 * cache, and says so here.
 */
export function addReadinessRoute(app: FastifyInstance, parts: ReadinessParts): void {
  const { documents, redisState } = parts;
  app.get('/ready', { schema: READINESS_SCHEMA, config: { uncounted: true } }, async (request, reply) => {
    const failure = await findFailure(request, parts);
    const { age } = documents.state();
    const upstream = {
      status: failure === undefined ? 'up' : 'down',
      ...(Number.isFinite(age) && { age_seconds: Math.floor(age / 1000) }),
      ...(failure !== undefined && { reason: toProblem(failure.error, parts.serverPaths).detail }),
    };
    return reply
      .code(failure === undefined ? 200 : 503)
      .headers(SECURITY_HEADERS)
      .header('cache-control', 'no-store')
      .send({ status: failure === undefined ? 'ready' : 'unready', upstream, redis: redisState() });
  });
}

async function findFailure(
  request: FastifyRequest,
  { documents, deadline, ending }: ReadinessParts,
): Promise<{ readonly error: unknown } | undefined> {
  const { age, failed } = documents.state();
  if (age < LATELY && !failed) return undefined;
  const { signal, release } = requestSignal(request, deadline, ending);
  try {
    await documents.read(performance.now(), signal, async () => undefined);
    return undefined;
  } catch (error) {
    return { error };
  } finally {
    release();
  }
}
