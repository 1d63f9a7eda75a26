import { type Address, addressOf } from './address.js';
import { discardBody } from './discard-body.js';
import { Fault } from './fault.js';

const MOST_HOPS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

export interface Answer {
  readonly response: Response;
  /** Where it came from in the end. */
  readonly address: Address;
}

/** Asks, and asks where it is sent on to. Throws a Fault for a redirect that must not be followed. */
export async function followRedirects(
  start: Address,
  get: (address: Address) => Promise<Response>,
): Promise<Answer> {
  const seen = new Set<string>();
  for (let address = start; ; ) {
    seen.add(address.origin + address.path);
    const response = await get(address);
    if (!REDIRECTS.includes(response.status)) return { response, address };
    await discardBody(response);
    address = nextAddress(address, response);
    if (seen.has(address.origin + address.path)) throw refuse(response, 'redirects in a circle');
    if (seen.size > MOST_HOPS) throw refuse(response, `redirects more than ${MOST_HOPS} times`);
  }
}

function nextAddress(from: Address, response: Response): Address {
  const location = response.headers.get('location');
  if (location === null) throw refuse(response, `answered ${response.status} without saying where to go`);
  if (!URL.canParse(location, from.origin + from.path))
    throw refuse(response, 'redirects to what is no address');
  const to = new URL(location, from.origin + from.path);
  if (to.protocol !== 'http:' && to.protocol !== 'https:') throw refuse(response, 'redirects away from http');
  if (to.protocol === 'http:' && from.origin.startsWith('https:')) {
    throw refuse(response, 'redirects from https to http, which is not followed');
  }
  return addressOf(to);
}

function refuse({ status }: Response, problem: string): Fault {
  return new Fault(`the server ${problem}`, { outcome: String(status), transient: false, status });
}
