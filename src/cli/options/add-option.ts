import { type Command, Option } from 'commander';

/**
 * Adds flags to `command` under one heading of its help.
 *
 * @returns adds one; `choices` are what shell completion offers as its value. They are not commander's own
 *   `choices`, whose error names neither the flag nor what was meant.
 */
export function optionAdder(command: Command, group: string) {
  return (flags: string, description: string, choices?: readonly string[]): void => {
    const option = new Option(flags, description).helpGroup(group);
    if (choices !== undefined) option.argChoices = [...choices];
    command.addOption(option);
  };
}
