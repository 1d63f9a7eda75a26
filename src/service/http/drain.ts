import type { FastifyInstance } from 'fastify';

/**
 * Stops listening, closes idle connections and waits for the requests under way.
 *
 * @param grace milliseconds after which what is left is cut off
 * @param cutOff ends the work that those requests wait for
 */
export async function drain(app: FastifyInstance, grace: number, cutOff: () => void): Promise<void> {
  const timer = setTimeout(() => {
    cutOff();
    app.server.closeAllConnections();
  }, grace);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
    cutOff();
  }
}
