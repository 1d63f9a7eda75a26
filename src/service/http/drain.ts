import type { FastifyInstance } from 'fastify';

/** Milliseconds. */
const SWEEP_INTERVAL = 50;

/**
 * Stops listening, closes idle connections and waits for the requests under way.
 *
 * @param grace milliseconds after which what is left is cut off
 * @param cutOff ends the work that those requests wait for
 */
export async function drain(app: FastifyInstance, grace: number, cutOff: () => void): Promise<void> {
  // A connection whose last request ends while we wait would keep us until it times out.
  const sweeper = setInterval(() => app.server.closeIdleConnections(), SWEEP_INTERVAL);
  const timer = setTimeout(() => {
    cutOff();
    app.server.closeAllConnections();
  }, grace);
  try {
    // Fastify closes only a server that its own `listen` opened.
    const closed = new Promise((resolve) => app.server.close(resolve));
    await app.close();
    await closed;
  } finally {
    clearTimeout(timer);
    clearInterval(sweeper);
    cutOff();
  }
}
