import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/errors.js';
import { documentAddress, redactUrl, showAddress } from '../../../src/source/http/address.js';

const pathOf = (base: string, id: string | number | bigint) =>
  documentAddress(new URL(base), 'reports', String(id)).path;

describe('documentAddress', () => {
  it.each([
    ['http://h', '/reports/5'],
    ['http://h/', '/reports/5'],
    ['http://h/api', '/api/reports/5'],
    ['http://h/api/', '/api/reports/5'],
    ['http://h/api//', '/api/reports/5'],
    ['http://h//api//v1/', '/api/v1/reports/5'],
    ['http://h/api?sig=a%2Fb&x=1', '/api/reports/5?sig=a%2Fb&x=1'],
    ['http://h/api#part', '/api/reports/5'],
  ])('puts a report under %s', (base, path) => {
    expect(pathOf(base, 5)).toBe(path);
  });

  it('fault C7 (no id leads elsewhere): a URL parser finds any id, or it is refused', () => {
    expect(pathOf('http://h', 'a?b#c%d')).toBe('/reports/a%3Fb%23c%25d');
    expect(pathOf('http://h', 9007199254740993n)).toBe('/reports/9007199254740993');
    const pieces = fc.constantFrom(
      '.',
      '..',
      '%2e',
      '%2E',
      '/',
      '\\',
      '%2f',
      '%5C',
      '?',
      '#',
      ';',
      '\n',
      ' ',
      '\ud800',
    );
    const ids = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc
        .array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 2 })), { maxLength: 4 })
        .map((all) => all.join('')),
    );
    const resolve = (path: string) => new URL(`http://h${path}`).pathname;
    fc.assert(
      fc.property(ids, (id) => {
        let path: string;
        try {
          path = pathOf('http://h/api', id);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          return;
        }
        expect(resolve(path)).toBe(path);
        const segment = path.slice('/api/reports/'.length);
        expect(decodeURIComponent(segment)).toBe(id);
        expect(segment).not.toMatch(/^(\.|%2e){1,2}$/i);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what people see', () => {
  it('holds no user name, password, query or fragment', () => {
    expect(redactUrl(new URL('https://user:hunter2@h:8443/api?sig=secret#x'))).toBe('https://h:8443/api');
    expect(showAddress(documentAddress(new URL('http://u:p@h/?sig=s'), 'messages', 'may'))).toBe(
      'http://h/messages/may',
    );
  });

  it('is short and of one line', () => {
    const shown = showAddress(documentAddress(new URL('http://h'), 'reports', `é${'x'.repeat(199)}`));
    expect(shown).toMatch(/^[!-~]{119}…$/);
  });
});
