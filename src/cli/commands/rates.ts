import { Command } from '@commander-js/extra-typings';
import { type Instant, secondText } from '../../calendar/instant.js';
import { UTC } from '../../calendar/time-zone.js';
import { instantOf, writtenTime } from '../../config/read-selection.js';
import { DataError } from '../../errors.js';
import { DOCUMENT_FORMATS } from '../../format/formats.js';
import {
  type DatedRates,
  PUBLISHED_CARD,
  type RateCard,
  ratesAt,
  writeRateCard,
} from '../../rates/rate-card.js';
import { dataTables } from '../../receipt/flags.js';
import { option, withOptions } from '../options/declare.js';
import { resultChoice, resultOptions } from '../options/output.js';
import { openRates, ratesOption } from '../options/settings.js';
import { deliverDocument } from '../run/deliver.js';
import { defineCommand } from './define.js';

export const make = defineCommand({
  purpose: 'Check a bill:',
  declare: () =>
    withOptions(
      new Command('rates').description('the rates in force: the published ones, or those of a file'),
      [
        option(
          '--at <time>',
          'in force at this date (midnight UTC) or instant (default now)',
          { group: 'Rates:' },
          writtenTime,
        ),
        ratesOption(),
        ...resultOptions(DOCUMENT_FORMATS, 'a file for --rates'),
      ],
    ),
  async run(options, context) {
    const output = resultChoice(options, DOCUMENT_FORMATS);
    const at = options.at === undefined ? Date.now() : instantOf(options.at, UTC);
    const card = (await openRates(options, 'published', context.signal)) ?? PUBLISHED_CARD;
    await deliverDocument(output, context, () => ratesInForce(card, at), {
      json: (inForce) => writeRateCard({ ...card, dated: [inForce] }, { ...dataTables() }),
      async table() {
        const { ratesTable } = await import('../../format/table/configuration.js');
        return (inForce, terminal) => {
          const next = card.dated[card.dated.indexOf(inForce) + 1];
          return ratesTable(card, inForce, next, dataTables(), terminal);
        };
      },
    });
  },
});

/** @throws DataError before the card begins */
export function ratesInForce(card: Pick<RateCard, 'name' | 'dated'>, at: Instant): DatedRates {
  const found = ratesAt(card, at);
  if (found !== undefined) return found;
  throw new DataError(
    card.name,
    `no rates are in force at ${secondText(at)}: the first begin ${card.dated[0]?.written}`,
  );
}
