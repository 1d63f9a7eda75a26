import { DEFAULT_COMMAND, type DescribedCommand, type Flag, type Value } from './describe-program.js';

/** For zsh: in a folder of `fpath` as `_o-copilot`, or by `source`. */
export function zshCompletion(commands: readonly DescribedCommand[]): string {
  return `#compdef o-copilot
# zsh completion for o-copilot. Load it with: source <(o-copilot completion zsh)
_o-copilot() {
  local command=${DEFAULT_COMMAND}
  local -a commands=(
${commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`).join('\n')}
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
${commands.map(commandCase).join('\n')}
  esac
}
if [[ $funcstack[1] == _o-copilot ]]; then
  _o-copilot "$@"
elif (($+functions[compdef])); then
  compdef _o-copilot o-copilot
fi
`;
}

function commandCase({ name, flags, arguments: values }: DescribedCommand): string {
  const specs = [
    ...flags.flatMap(flagSpecs),
    ...values.map((value, index) => quoted(`${index + 1}:${escaped(value.name)}:${action(value)}`)),
  ];
  return `    ${name})\n      _arguments ${specs.map((spec) => `\\\n        ${spec}`).join(' ')} ;;`;
}

function flagSpecs({ names, description, value }: Flag): string[] {
  const what = `[${escaped(description)}]`;
  const takes = value === undefined ? '' : `:${escaped(value.name)}:${action(value)}`;
  // Any flag may be given again: the last one counts, or all do.
  return names.map((name) =>
    quoted(`*${name}${value !== undefined && name.startsWith('--') ? '=' : ''}${what}${takes}`),
  );
}

function action({ choices, isFile }: Value): string {
  if (isFile) return '_files';
  return choices.length === 0 ? ' ' : `(${choices.join(' ')})`;
}

/** What _arguments would take for the end of a description. */
function escaped(text: string): string {
  return text.replace(/[\\[\]:]/g, '\\$&');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
