import { DEFAULT_COMMAND, type DescribedCommand, type Value } from './describe-program.js';

/** For bash 3.2 and later, with or without the package bash-completion. */
export function bashCompletion(commands: readonly DescribedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `# bash completion for o-copilot. Load it with: source <(o-copilot completion bash)
_o_copilot() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=${DEFAULT_COMMAND}
  COMPREPLY=()
  # bash makes words of their own of the parts of --flag=value.
  if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi
  case " ${names} " in *" \${COMP_WORDS[1]} "*) ((COMP_CWORD > 1)) && command=\${COMP_WORDS[1]} ;; esac

  case "$command $previous" in
${commands.flatMap(valueCases).join('\n')}
  esac
  if [[ $current == -* ]]; then
    case $command in
${commands.map(flagCase).join('\n')}
    esac
    return
  fi
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${names}' -- "$current"))
    return
  fi
  case $command in
${commands.flatMap(argumentCase).join('\n')}
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

function valueCases({ name, flags }: DescribedCommand): string[] {
  return flags.flatMap(({ names, value }) => {
    if (value === undefined) return [];
    const patterns = names.map((flag) => `'${name} ${flag}'`).join('|');
    return [`    ${patterns}) ${offer(value)}; return ;;`];
  });
}

function flagCase({ name, flags }: DescribedCommand): string {
  const words = flags.flatMap(({ names }) => names).join(' ');
  return `      ${name}) COMPREPLY=($(compgen -W '${words}' -- "$current")) ;;`;
}

function argumentCase({ name, arguments: values }: DescribedCommand): string[] {
  const [first] = values;
  return first === undefined ? [] : [`    ${name}) ${offer(first)} ;;`];
}

function offer({ choices, isFile }: Value): string {
  if (isFile) return '_o_copilot_files "$current"';
  return choices.length === 0 ? ':' : `COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$current"))`;
}
