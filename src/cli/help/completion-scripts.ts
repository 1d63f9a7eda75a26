import type { Argument, CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { traitsOf } from '../options/declare.js';

/** The command that flags without a command belong to. */
const DEFAULT_COMMAND = 'usage';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** What a shell needs to complete the commands and flags of `program`, which declares them. */
export function completionScript(shell: keyof typeof SCRIPTS, program: CommandUnknownOpts): string {
  return SCRIPTS[shell](program.commands.map(describe));
}

type DescribedCommand = ReturnType<typeof describe>;
type Flag = ReturnType<typeof describeFlag>;
type Value = ReturnType<typeof describeValue>;

function describe(command: CommandUnknownOpts) {
  return {
    name: command.name(),
    description: command.description(),
    flags: command.createHelp().visibleOptions(command).map(describeFlag),
    values: command.registeredArguments.map((argument) => describeValue(argument.name(), argument)),
  };
}

function describeFlag(option: Option) {
  const placeholder = /[<[](.*)[>\]]/.exec(option.flags)?.[1];
  return {
    /** With its dashes, the long one first. */
    names: [option.long, option.short].filter((name) => typeof name === 'string'),
    description: option.description,
    /** Undefined: it takes none. */
    value: placeholder === undefined ? undefined : describeValue(placeholder, option),
  };
}

/** What a shell may offer where a value is expected: one of some words, or the name of a file. */
function describeValue(name: string, of: Option | Argument) {
  const { choices = [], file } = traitsOf(of);
  return { name, choices, isFile: file !== undefined };
}

const namesOf = (commands: readonly DescribedCommand[]) => commands.map(({ name }) => name).join(' ');

/** For bash 3.2 and later, with or without the package bash-completion. */
function bashScript(commands: readonly DescribedCommand[]): string {
  const names = namesOf(commands);
  return `# bash completion for o-copilot. Load it with: source <(o-copilot completion bash)
_o_copilot() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=${DEFAULT_COMMAND}
  COMPREPLY=()
  # bash makes words of their own of the parts of --flag=value.
  if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi
  case " ${names} " in *" \${COMP_WORDS[1]} "*) ((COMP_CWORD > 1)) && command=\${COMP_WORDS[1]} ;; esac

  case "$command $previous" in
${commands.flatMap(bashValues).join('\n')}
  esac
  if [[ $current == -* ]]; then
    case $command in
${commands.map(bashFlags).join('\n')}
    esac
    return
  fi
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${names}' -- "$current"))
    return
  fi
  case $command in
${commands.flatMap(bashArgument).join('\n')}
  esac
}
_o_copilot_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen -f -- "$1"))
}
complete -F _o_copilot o-copilot
`;
}

function bashValues({ name, flags }: DescribedCommand): string[] {
  return flags.flatMap(({ names, value }) => {
    if (value === undefined) return [];
    const patterns = names.map((flag) => `'${name} ${flag}'`).join('|');
    return [`    ${patterns}) ${bashOffer(value)}; return ;;`];
  });
}

function bashFlags({ name, flags }: DescribedCommand): string {
  const words = flags.flatMap(({ names }) => names).join(' ');
  return `      ${name}) COMPREPLY=($(compgen -W '${words}' -- "$current")) ;;`;
}

function bashArgument({ name, values }: DescribedCommand): string[] {
  const [first] = values;
  return first === undefined ? [] : [`    ${name}) ${bashOffer(first)} ;;`];
}

function bashOffer({ choices, isFile }: Value): string {
  if (isFile) return '_o_copilot_files "$current"';
  return choices.length === 0 ? ':' : `COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$current"))`;
}

/** For zsh: in a folder of `fpath` as `_o-copilot`, or by `source`. */
function zshScript(commands: readonly DescribedCommand[]): string {
  return `#compdef o-copilot
# zsh completion for o-copilot. Load it with: source <(o-copilot completion zsh)
_o-copilot() {
  local command=${DEFAULT_COMMAND}
  local -a commands=(
${commands.map(({ name, description }) => `    ${zshQuoted(`${name}:${description}`)}`).join('\n')}
  )
  if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then
    _describe -t commands command commands
    return
  fi
  if ((\${commands[(I)$words[2]:*]})); then
    command=$words[2]
    shift words
    ((CURRENT--))
  fi
  case $command in
${commands.map(zshCommand).join('\n')}
  esac
}
if [[ $funcstack[1] == _o-copilot ]]; then
  _o-copilot "$@"
elif (($+functions[compdef])); then
  compdef _o-copilot o-copilot
fi
`;
}

function zshCommand({ name, flags, values }: DescribedCommand): string {
  const specs = [
    ...flags.flatMap(zshFlags),
    ...values.map((value, index) => zshQuoted(`${index + 1}:${zshEscaped(value.name)}:${zshAction(value)}`)),
  ];
  return `    ${name})\n      _arguments ${specs.map((spec) => `\\\n        ${spec}`).join(' ')} ;;`;
}

function zshFlags({ names, description, value }: Flag): string[] {
  const what = `[${zshEscaped(description)}]`;
  const takes = value === undefined ? '' : `:${zshEscaped(value.name)}:${zshAction(value)}`;
  // Any flag may be given again: the last one counts, or all do.
  return names.map((name) =>
    zshQuoted(`*${name}${value !== undefined && name.startsWith('--') ? '=' : ''}${what}${takes}`),
  );
}

function zshAction({ choices, isFile }: Value): string {
  if (isFile) return '_files';
  return choices.length === 0 ? ' ' : `(${choices.join(' ')})`;
}

/** What _arguments would take for the end of a description. */
function zshEscaped(text: string): string {
  return text.replace(/[\\[\]:]/g, '\\$&');
}

function zshQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** For fish 3 and later. */
function fishScript(commands: readonly DescribedCommand[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c o-copilot -n __o_copilot_first -a ${command.name} -d ${fishQuoted(command.description)}`,
    ...command.flags.map((flag) => fishFlag(command.name, flag)),
    ...command.values.slice(0, 1).flatMap((value) => fishArgument(command.name, value)),
  ]);
  return `# fish completion for o-copilot. Load it with: o-copilot completion fish | source
function __o_copilot_in
    set -l words (commandline -opc)
    set -l command ${DEFAULT_COMMAND}
    contains -- "$words[2]" ${namesOf(commands)}; and set command $words[2]
    test $command = $argv[1]
end
function __o_copilot_first
    test (count (commandline -opc)) -eq 1
end
complete -c o-copilot -f
${lines.join('\n')}
`;
}

function fishFlag(command: string, { names, description, value }: Flag): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return `complete -c o-copilot -n '__o_copilot_in ${command}' ${flags.join(' ')}${fishValue(value)} -d ${fishQuoted(description)}`;
}

function fishArgument(command: string, value: Value): string[] {
  const offered = fishValue(value);
  const after = `-n '__o_copilot_in ${command}; and not __o_copilot_first'`;
  if (value.isFile) return [`complete -c o-copilot ${after} -F`];
  return value.choices.length === 0 ? [] : [`complete -c o-copilot ${after}${offered.replace(' -x', '')}`];
}

function fishValue(value: Value | undefined): string {
  if (value === undefined) return '';
  if (value.isFile) return ' -r -F';
  return value.choices.length === 0 ? ' -x' : ` -x -a ${fishQuoted(value.choices.join(' '))}`;
}

function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
