import type { FastifyInstance } from 'fastify';
import { OCopilotError } from '../../errors.js';
import type { MessagesStore } from '../period/messages-store.js';
import { READINESS_SCHEMA } from './schemas/readiness.js';

/** Milliseconds since upstream answered that still count as lately. */
const LATELY = 30_000;

export interface ReadinessParts {
  readonly messages: MessagesStore;
  redisState(): 'up' | 'down' | 'unused';
}

/**
 * `GET /ready`: upstream answered lately, or does so now. Redis may be down: the service then goes on without its
 * cache, and says so here.
 */
export function addReadinessRoute(app: FastifyInstance, { messages, redisState }: ReadinessParts): void {
  app.get('/ready', { schema: READINESS_SCHEMA, config: { rateLimit: false } }, async (_request, reply) => {
    const failure = await findFailure(messages);
    const { age } = messages.state();
    const upstream = {
      status: failure === undefined ? 'up' : 'down',
      ...(Number.isFinite(age) && { age_seconds: Math.floor(age / 1000) }),
      ...(failure !== undefined && { reason: reasonFor(failure.error) }),
    };
    return reply
      .code(failure === undefined ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: failure === undefined ? 'ready' : 'unready', upstream, redis: redisState() });
  });
}

async function findFailure(messages: MessagesStore): Promise<{ readonly error: unknown } | undefined> {
  const { age, failed } = messages.state();
  if (age < LATELY && !failed) return undefined;
  try {
    await messages.read(async () => undefined);
    return undefined;
  } catch (error) {
    return { error };
  }
}

function reasonFor(error: unknown): string {
  return error instanceof OCopilotError ? error.message : 'a bug in o-copilot';
}
