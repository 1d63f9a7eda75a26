import { type Command, Option } from 'commander';
import { timeIn } from '../../config/read-selection.js';
import type { TimeZone } from '../../usage/time-zone.js';
import { flagValue } from './check-values.js';
import type { RawFlags } from './setting-options.js';

/** The flag that stands in for the clock, so that a result can be made again. */
export function addAsOfOption(command: Command, group: string): Command {
  return command.addOption(
    new Option(
      '--as-of <time>',
      "when the period counts as open or closed: closed once its last message's month is over (default now)",
    ).helpGroup(group),
  );
}

/** Milliseconds since 1970 UTC; undefined where it was not given. @throws CommandLineError */
export function asOfFrom({ asOf }: RawFlags, zone: TimeZone): number | undefined {
  return typeof asOf === 'string' ? flagValue('--as-of', asOf, timeIn(zone, 0)) : undefined;
}
