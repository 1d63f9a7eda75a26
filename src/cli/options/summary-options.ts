import { type Command, Option } from 'commander';
import { oneOf } from '../../config/value.js';
import { CommandLineError } from '../../errors.js';
import { GROUPINGS, type Grouping } from '../../usage/summary/groups.js';
import { addAsOfOption } from './as-of-option.js';
import { flagValue } from './check-values.js';

import type { RawFlags } from './setting-options.js';

const GROUP = 'Summary:';

/** The flags of what a summary is broken down by. */
export function addSummaryOptions(command: Command): Command {
  const by = new Option(
    '--by <group>',
    `one of ${GROUPINGS.join(', ')} (default day); twice breaks each group down again`,
  );
  const priced = new Option(
    '--from-priced [files...]',
    'sum up what price wrote, from files or stdin, instead of a source',
  );
  by.argChoices = [...GROUPINGS];
  command.addOption(by.argParser(collect).helpGroup(GROUP)).addOption(priced.helpGroup(GROUP));
  return addAsOfOption(command, GROUP);
}

function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
}

/** The files of `--from-priced`, `-` for stdin; undefined without the flag. */
export function pricedFrom({ fromPriced }: RawFlags): readonly string[] | undefined {
  if (fromPriced === undefined) return undefined;
  return Array.isArray(fromPriced) ? fromPriced.map(String) : ['-'];
}

/** @throws CommandLineError */
export function groupingsFrom({ by }: RawFlags): readonly [Grouping, Grouping?] {
  const names = Array.isArray(by) ? by : [];
  const [first = 'day', second, ...more] = names.map((name) =>
    flagValue('--by', `${name}`, oneOf(GROUPINGS)),
  );
  if (more.length > 0) throw new CommandLineError(`--by: two at the most, not ${names.length}`);
  if (first === second) throw new CommandLineError(`--by: ${first} was asked for twice`);
  return second === undefined ? [first] : [first, second];
}
