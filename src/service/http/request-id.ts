import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Gives each request an id: the one that a proxy gave it, where it looks like one, otherwise a new one, made of this
 * service's own random name and a count.
 */
export function createRequestIds(): (request: Pick<IncomingMessage, 'headers'>) => string {
  const name = randomBytes(6).toString('hex');
  let count = 0;
  return ({ headers }) => {
    const given = headers['x-request-id'];
    if (typeof given === 'string' && /^[\w.-]{1,64}$/.test(given)) return given;
    count++;
    return `${name}-${count}`;
  };
}
