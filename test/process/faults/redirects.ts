import { USUAL } from '../period.js';
import { atMessages, type Fault, fails, PLACES, succeeds } from './fault.js';

const CODES = [301, 302, 303, 307, 308];

export const redirects: Fault[] = [
  ...PLACES.flatMap(({ where, path }) => {
    const sent = (status: number, location: string) => ({ status, headers: { location } });
    const document =
      where === 'messages'
        ? USUAL.messages
        : '{"id":5392,"name":"Tenant Obligations Report","credit_cost":79}';
    return [
      ...CODES.map((status) =>
        succeeds(`${status} to the same origin at ${where}`, {
          upstream: { ...USUAL, script: { [path]: sent(status, '/moved'), '/moved': { body: document } } },
        }),
      ),
      fails(69, `a redirect to itself at ${where}`, 'redirects in a circle', {
        upstream: { ...USUAL, script: { [path]: sent(302, path) } },
        hits: { [path]: 1 },
      }),
      fails(69, `a redirect that goes on and on at ${where}`, 'redirects more than 5 times', {
        upstream: {
          ...USUAL,
          script: {
            [path]: sent(302, '/1'),
            ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((hop) => [`/${hop}`, sent(302, `/${hop + 1}`)])),
          },
        },
      }),
      fails(69, `300 without a choice at ${where}`, 'status 300', {
        upstream: { ...USUAL, script: { [path]: { status: 300 } } },
      }),
      fails(69, `302 without a Location at ${where}`, 'without saying where to go', {
        upstream: { ...USUAL, script: { [path]: { status: 302 } } },
      }),
      ...['ftp://127.0.0.1/x', 'file:///etc/passwd', 'javascript:1'].map((location) =>
        fails(69, `a redirect to ${location} at ${where}`, 'redirects away from http', {
          upstream: { ...USUAL, script: { [path]: sent(302, location) } },
        }),
      ),
      fails(69, `a redirect to what is no address at ${where}`, 'redirects to what is no address', {
        upstream: { ...USUAL, script: { [path]: sent(302, 'http://[') } },
      }),
    ];
  }),
  fails(69, 'a redirect to 404 of the messages', 'status 404', {
    upstream: atMessages({ status: 302, headers: { location: '/nowhere' } }),
  }),
];
