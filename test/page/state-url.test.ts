import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLUMN_NAMES, KINDS } from '../../src/format/page/bill-data.js';
import { formatView, parseView, type View } from '../../src/page/view/view.js';

const day = fc.integer({ min: -800_000, max: 4_000_000 });

const anyView: fc.Arbitrary<View> = fc.record({
  sort: fc.uniqueArray(fc.record({ column: fc.constantFrom(...COLUMN_NAMES), descending: fc.boolean() }), {
    selector: ({ column }) => column,
  }),
  text: fc.string({ unit: 'grapheme' }),
  kind: fc.constantFrom(undefined, ...KINDS),
  report: fc.option(fc.string({ unit: 'grapheme' }), { nil: undefined }),
  from: fc.option(day, { nil: undefined }),
  to: fc.option(day, { nil: undefined }),
  page: fc.integer({ min: 1, max: 999_999_999 }),
});

describe("the view in the page's address", () => {
  it('comes back as it went in', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        expect(parseView(formatView(view))).toEqual(view);
      }),
    );
  });

  it('is nothing for the whole bill as received', () => {
    expect(formatView(parseView(''))).toBe('');
  });

  it('reads as what it is', () => {
    const view = parseView('#sort=credits_used.desc&sort=report_name.asc&kind=text&from=2024-04-02');
    expect(formatView(view)).toBe('#sort=credits_used.desc&sort=report_name.asc&kind=text&from=2024-04-02');
  });

  it('leaves out what means nothing', () => {
    const nonsense =
      '#sort=price.asc&sort=kind.up&sort=kind&kind=all&from=2024-02-30&to=tomorrow&page=0&page=1e9&%';
    expect(parseView(nonsense)).toEqual(parseView(''));
  });

  it.each([
    '01-04-2024',
    '04/01/2024',
    '1 Apr 2024',
    '2024-4-1',
    '2024-02-30',
    '2024-13-01',
    ' 2024-04-01',
    '',
  ])('fault D2 (one form of a date): %j is no day', (text) => {
    expect(parseView(`#from=${encodeURIComponent(text)}`).from).toBeUndefined();
  });
});
