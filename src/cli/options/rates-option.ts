import { type Command, Option } from 'commander';
import type { Ruleset } from '../../engine/rules.js';
import { CommandLineError } from '../../errors.js';
import type { RateCard } from '../../rates/rate-card.js';
import type { RawFlags } from './setting-options.js';

/** The flag that puts a file of rates in place of the published ones. */
export function addRatesOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--rates <file>',
      'price texts by the rates in this file, each message by those in force at its time',
    ).helpGroup('Settings:'),
  );
}

/** @throws CommandLineError; UnreadableError; SettingError for a file that is no rate card */
export async function rateCardFrom({ rates }: RawFlags, rules: Ruleset): Promise<RateCard | undefined> {
  if (typeof rates !== 'string') return undefined;
  if (rules !== 'published') {
    throw new CommandLineError(`--rates: is for the rules published, not ${rules}`);
  }
  const { openRateCard } = await import('../../rates/read-rate-card.js');
  return openRateCard(rates);
}
