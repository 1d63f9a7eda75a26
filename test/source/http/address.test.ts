import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/errors.js';
import { messagesAddress, redactUrl, reportAddress, showAddress } from '../../../src/source/http/address.js';

const pathOf = (base: string, id: string | number | bigint) => reportAddress(new URL(base), id).path;

describe('reportAddress', () => {
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

  it('keeps any id one segment of the path', () => {
    expect(pathOf('http://h', 'a/b?c#d%e')).toBe('/reports/a%2Fb%3Fc%23d%25e');
    expect(pathOf('http://h', '..')).toBe('/reports/%2E%2E');
    expect(pathOf('http://h', '.')).toBe('/reports/%2E');
    expect(pathOf('http://h', 9007199254740993n)).toBe('/reports/9007199254740993');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (id) => {
        const segment = pathOf('http://h/api', id).slice('/api/reports/'.length);
        expect(segment).toMatch(/^[^/?# .]*$|^[^/?# ]{3,}$|^[^/?# ]?[^/?# .][^/?# ]?$/);
        expect(decodeURIComponent(segment)).toBe(id);
      }),
    );
  });

  it('refuses an id that UTF-8 cannot write', () => {
    expect(() => pathOf('http://h', 'a\ud800')).toThrow(DataError);
  });
});

describe('what people see', () => {
  it('holds no user name, password, query or fragment', () => {
    expect(redactUrl(new URL('https://user:hunter2@h:8443/api?sig=secret#x'))).toBe('https://h:8443/api');
    expect(showAddress(messagesAddress(new URL('http://u:p@h/?sig=s'), 'may'))).toBe('http://h/messages/may');
  });

  it('is short and of one line', () => {
    const shown = showAddress(reportAddress(new URL('http://h'), `\n\u001b${'x'.repeat(9999)}`));
    expect(shown).toMatch(/^[!-~]{119}…$/);
  });
});
