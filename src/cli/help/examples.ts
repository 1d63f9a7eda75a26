/** Command lines worth knowing, by command; the text says what each is for. */
export const EXAMPLES: Readonly<Record<string, readonly (readonly [line: string, text: string])[]>> = {
  usage: [
    ['o-copilot --source sample', 'try it without a network'],
    ["o-copilot --json | jq '.usage[] | select(.credits_used > 50).message_id'", 'for scripts'],
    ['o-copilot --since 2024-04-01 --until 2024-04-30 --output april.csv', 'a month for a spreadsheet'],
    ['o-copilot --sort credits_used --desc --limit 10', 'what cost most'],
    ['o-copilot --quiet --lock /run/usage.lock --output usage.csv', 'from cron'],
  ],
  summary: [
    ['o-copilot summary', 'credits of each day, with bars'],
    ['o-copilot summary --by month --by kind --csv', 'each month by what set the price'],
    ['o-copilot summary --by report --since 2024-04-01', 'the dearest reports first'],
  ],
  explain: [
    ['o-copilot explain 1002', 'a message of the period'],
    ["o-copilot explain --text 'A man, a plan, a canal: Panama'", 'any text'],
  ],
  diff: [
    ['o-copilot diff april.csv', 'an export against what upstream says now'],
    ['o-copilot diff old.json new.ndjson --json', 'two exports, whatever their formats'],
    ['o-copilot diff --total 1234.55', 'an invoice against the bill, and what could explain a gap'],
  ],
  completion: [
    ['source <(o-copilot completion bash)', 'in ~/.bashrc'],
    ['source <(o-copilot completion zsh)', 'in ~/.zshrc, after compinit'],
    ['o-copilot completion fish | source', 'in ~/.config/fish/config.fish'],
  ],
  config: [['o-copilot config --env-file billing.env', 'what a settings file amounts to']],
};
