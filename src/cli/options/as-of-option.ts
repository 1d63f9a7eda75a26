import { type Command, Option } from 'commander';
import type { Instant } from '../../calendar/instant.js';
import type { TimeZone } from '../../calendar/time-zone.js';
import { instantIn } from '../../config/read-selection.js';
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

/** Undefined where it was not given. @throws CommandLineError */
export function asOfFrom({ asOf }: RawFlags, zone: TimeZone): Instant | undefined {
  return typeof asOf === 'string' ? flagValue('--as-of', asOf, instantIn(zone)) : undefined;
}
