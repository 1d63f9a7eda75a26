import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { PROBLEM_MEDIA_TYPE, Refusal, retryAfterOf, SECURITY_HEADERS, toProblem } from './problem.js';

/** What an answer may have set before it failed. */
const HEADERS_OF_ANSWERS = ['content-length', 'content-encoding', 'etag', 'link'];

/**
 * Gives the function that answers with a problem document; what is a fault of ours or of upstream goes to the log as well.
 *
 * @param serverPaths that no client may see
 */
export function createProblemReply(log: Logger, serverPaths: readonly string[]) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = toProblem(error, serverPaths);
    if (problem.status >= 500) {
      const { code, detail } = problem;
      if (code === 'internal') log.error({ reqId: request.id, err: error }, 'a bug');
      else {
        const full = error instanceof Error ? error.message : detail;
        log.warn({ reqId: request.id, code, detail: full }, 'cannot answer');
      }
    }
    for (const name of HEADERS_OF_ANSWERS) reply.removeHeader(name);
    reply.headers(SECURITY_HEADERS);
    if (error instanceof Refusal) reply.headers(error.headers);
    const retryAfter = retryAfterOf(error);
    if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
    return reply
      .code(problem.status)
      .header('cache-control', 'no-store')
      .type(PROBLEM_MEDIA_TYPE)
      .send({ ...problem, instance: request.id });
  };
}
