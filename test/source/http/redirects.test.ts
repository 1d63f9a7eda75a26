import { describe, expect, it } from 'vitest';
import { UnauthorizedError, UpstreamError } from '../../../src/errors.js';
import { failureOf, MESSAGES, openSource, openUpstream, readText } from './open-source.js';

const to = (location: string, status = 302) => ({ status, headers: { location }, body: 'moved' });

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('follows a %i, without the query of the source', async (status) => {
    const upstream = await openUpstream({
      script: { [MESSAGES]: to('/elsewhere?x=1', status), '/elsewhere': { body: '{}' } },
    });
    const { source, seen } = openSource(`${upstream.url}?sig=s3cret`, { token: 'T0KEN' });
    expect(await source.messages(readText)).toBe('{}');
    expect(upstream.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      [`${MESSAGES}?sig=s3cret`, 'Bearer T0KEN'],
      ['/elsewhere?x=1', 'Bearer T0KEN'],
    ]);
    expect(seen.exchanges).toHaveLength(1);
  });

  it('keeps the token from another origin, and says so when that one wants it', async () => {
    const other = await openUpstream({ script: { '/open': { body: '{}' }, '/closed': { status: 401 } } });
    const script = { '/reports/1': to(`${other.url}/open`), '/reports/2': to(`${other.url}/closed`) };
    const upstream = await openUpstream({ script });
    const { source } = openSource(upstream.url, { token: 'T0KEN' });
    expect(await source.report(1)).toBeDefined();
    const error = await failureOf(source.report(2));
    expect(error).toBeInstanceOf(UnauthorizedError);
    expect(error.message).toContain(`it was redirected to ${other.url}, where`);
    expect(other.requests.map((request) => request.headers.authorization)).toEqual([undefined, undefined]);
  });

  it('takes a 404 at its end for a missing report', async () => {
    const upstream = await openUpstream({ script: { '/reports/1': to('/gone') } });
    expect(await openSource(upstream.url).source.report(1)).toBeUndefined();
  });

  it('follows five and not six', async () => {
    const hops = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, hop) => [`/${hop}`, to(`/${hop + 1}`)]));
    const script = { ...hops(5), '/5': { body: '{}' }, [MESSAGES]: to('/1'), '/reports/1': to('/0') };
    const upstream = await openUpstream({ script });
    expect(await openSource(upstream.url).source.messages(readText)).toBe('{}');
    const error = await failureOf(openSource(upstream.url).source.report(1));
    expect(error.message).toContain('redirects more than 5 times');
  });

  it.each([
    ['a circle', to('/messages/../messages/current-period'), 'redirects in a circle'],
    ['no location', { status: 302 }, 'answered 302 without saying where to go'],
    ['another scheme', to('ftp://127.0.0.1/x'), 'redirects away from http'],
    ['no address', to('http://[oops'), 'redirects to what is no address'],
  ])('gives up at once on %s', async (_, reply, reason) => {
    const upstream = await openUpstream({ script: { [MESSAGES]: reply } });
    const error = await failureOf(openSource(upstream.url).source.messages(readText));
    expect(error).toBeInstanceOf(UpstreamError);
    expect(error.message).toContain(reason);
    expect(upstream.hits()).toBe(1);
  });
});
