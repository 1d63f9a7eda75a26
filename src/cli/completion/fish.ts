import { DEFAULT_COMMAND, type DescribedCommand, type Flag, type Value } from './describe-program.js';

/** For fish 3 and later. */
export function fishCompletion(commands: readonly DescribedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const lines = commands.flatMap((command) => [
    `complete -c o-copilot -n __o_copilot_first -a ${command.name} -d ${quoted(command.description)}`,
    ...command.flags.map((flag) => flagLine(command.name, flag)),
    ...command.arguments.slice(0, 1).flatMap((value) => argumentLine(command.name, value)),
  ]);
  return `# fish completion for o-copilot. Load it with: o-copilot completion fish | source
function __o_copilot_in
    set -l words (commandline -opc)
    set -l command ${DEFAULT_COMMAND}
    contains -- "$words[2]" ${names}; and set command $words[2]
    test $command = $argv[1]
end
function __o_copilot_first
    test (count (commandline -opc)) -eq 1
end
complete -c o-copilot -f
${lines.join('\n')}
`;
}

function flagLine(command: string, { names, description, value }: Flag): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return `complete -c o-copilot -n '__o_copilot_in ${command}' ${flags.join(' ')}${takes(value)} -d ${quoted(description)}`;
}

function argumentLine(command: string, value: Value): string[] {
  const offered = takes(value);
  const after = `-n '__o_copilot_in ${command}; and not __o_copilot_first'`;
  if (value.isFile) return [`complete -c o-copilot ${after} -F`];
  return value.choices.length === 0 ? [] : [`complete -c o-copilot ${after}${offered.replace(' -x', '')}`];
}

function takes(value: Value | undefined): string {
  if (value === undefined) return '';
  if (value.isFile) return ' -r -F';
  return value.choices.length === 0 ? ' -x' : ` -x -a ${quoted(value.choices.join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
