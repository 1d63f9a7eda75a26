import type { Command } from 'commander';
import type { TimeZone } from '../../calendar/time-zone.js';
import { type GivenAs, readSelection } from '../../config/read-selection.js';
import { CommandLineError } from '../../errors.js';
import { KINDS } from '../../usage/pricing/priced-row.js';
import { type RowQuery, SORT_FIELDS } from '../../usage/rows/row-query.js';
import { optionAdder } from './add-option.js';
import type { RawFlags } from './setting-options.js';

const GROUP = 'Rows:';

/** The flags that choose rows by time, report and kind. */
export function addFilterOptions(command: Command): Command {
  const add = optionAdder(command, GROUP);
  add('--since <time>', 'from this date or RFC 3339 instant on');
  add('--until <time>', 'before this instant; a date includes that day');
  add('--report <id|name>', 'messages of one report');
  add('--kind <kind>', `one kind of price: ${KINDS.join(', ')}`, KINDS);
  return command;
}

/** The flags that order rows and cut them into pages. */
export function addPageOptions(command: Command): Command {
  const add = optionAdder(command, GROUP);
  add('--sort <field>', `order by ${SORT_FIELDS.join(', ')}`, SORT_FIELDS);
  add('--desc', 'with --sort: largest first');
  add('--limit <rows>', 'this many rows at the most');
  add('--offset <rows>', 'leave out this many rows first');
  return command;
}

/** The rows that `flags` choose. @throws CommandLineError that names the flag */
export function selectionFrom(flags: RawFlags, zone: TimeZone): RowQuery {
  return readSelection(flags, zone, AS_FLAGS);
}

const AS_FLAGS: GivenAs = {
  show: (name) => `--${name}`,
  refuse: (name, problem) => new CommandLineError(`--${name}: ${problem}`),
};
