import type { FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_MEDIA_TYPE, Refusal, toProblem } from '../problem.js';

/** Answers with a problem document; what is a fault of ours or of upstream goes to the log as well. */
export function replyProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error);
  if (problem.status >= 500) {
    const { code, detail } = problem;
    if (code === 'internal') request.log.error({ reqId: request.id, err: error }, 'a bug');
    else request.log.warn({ reqId: request.id, code, detail }, 'cannot answer');
  }
  if (error instanceof Refusal) reply.headers(error.headers);
  return reply
    .code(problem.status)
    .removeHeader('content-length')
    .removeHeader('etag')
    .header('cache-control', 'no-store')
    .type(PROBLEM_MEDIA_TYPE)
    .send({ ...problem, instance: request.id });
}
