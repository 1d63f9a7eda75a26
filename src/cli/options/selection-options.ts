import { type Command, Option } from 'commander';
import { InvalidValue, oneOf, type Parse, plainText, wholeNumber } from '../../config/value.js';
import { CommandLineError } from '../../errors.js';
import { instantOf } from '../../source/timestamp.js';
import { dayNumber, dayText } from '../../usage/day.js';
import { KINDS } from '../../usage/item.js';
import { type Selection, SORT_FIELDS } from '../../usage/selection.js';
import type { TimeZone } from '../../usage/time-zone.js';
import { flagValue } from './check-values.js';
import type { RawFlags } from './setting-options.js';

const GROUP = 'Rows:';

/** The flags that choose rows by time, report and kind. */
export function addFilterOptions(command: Command): Command {
  const add = (flags: string, description: string) =>
    command.addOption(new Option(flags, description).helpGroup(GROUP));
  add('--since <time>', 'from this date or RFC 3339 instant on');
  add('--until <time>', 'before this instant; a date includes that day');
  add('--report <id|name>', 'messages of one report');
  add('--kind <kind>', `one kind of price: ${KINDS.join(', ')}`);
  return command;
}

/** The flags that order rows and cut them into pages. */
export function addPageOptions(command: Command): Command {
  const add = (flags: string, description: string) =>
    command.addOption(new Option(flags, description).helpGroup(GROUP));
  add('--sort <field>', `order by ${SORT_FIELDS.join(', ')}`);
  add('--desc', 'with --sort: largest first');
  add('--limit <rows>', 'this many rows at the most');
  add('--offset <rows>', 'leave out this many rows first');
  return command;
}

/** The rows that `flags` choose. @throws CommandLineError that names the flag */
export function selectionFrom(flags: RawFlags, zone: TimeZone): Selection {
  const value = <Value>(name: string, parse: Parse<Value>): Value | undefined => {
    const raw = flags[name];
    return typeof raw === 'string' ? flagValue(`--${name}`, raw, parse) : undefined;
  };
  const since = value('since', timeIn(zone, 0));
  const until = value('until', timeIn(zone, 1));
  const untilBegins = value('until', timeIn(zone, 0));
  if (since !== undefined && untilBegins !== undefined && since > untilBegins) {
    throw new CommandLineError(`--since: ${flags.since} is after --until ${flags.until}`);
  }
  const sort = value('sort', oneOf(SORT_FIELDS));
  if (flags.desc === true && sort === undefined) {
    throw new CommandLineError('--desc: needs --sort to say what to order by');
  }
  const report = value('report', plainText);
  const kind = value('kind', oneOf(KINDS));
  const limit = value('limit', wholeNumber(0));
  return {
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(report !== undefined && { report }),
    ...(kind !== undefined && { kind }),
    ...(sort !== undefined && { sort: { field: sort, descending: flags.desc === true } }),
    ...(limit !== undefined && { limit }),
    offset: value('offset', wholeNumber(0)) ?? 0,
  };
}

/** An instant in milliseconds; a bare date is the start of that day in `zone`, `daysLater` days on. */
function timeIn(zone: TimeZone, daysLater: number): Parse<number> {
  return (text) => {
    const day = dayNumber(text);
    const instant = day === undefined ? instantOf(text) : zone.startOfDay(dayText(day + daysLater));
    if (Number.isNaN(instant)) {
      throw new InvalidValue('a date such as 2024-04-29 or an RFC 3339 instant', text);
    }
    return instant;
  };
}
