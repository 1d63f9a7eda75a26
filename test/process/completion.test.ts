import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runMain } from './run-main.js';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'o-copilot-completion-'));
  writeFileSync(join(folder, 'april bill.json'), '');
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout, stderr, status } = await runMain(['completion', shell]);
    expect([status, stderr]).toEqual([0, '']);
    writeFileSync(join(folder, `script.${shell}`), stdout);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;
const env = () => ({ PATH: process.env.PATH ?? '', HOME: folder, TERM: 'dumb', LC_ALL: 'C.UTF-8' });

describe('bash', () => {
  /** What bash offers at the end of `line`, by the function that the script registers. */
  function offered(line: string): string[] {
    const script = `source script.bash
      [[ $(complete -p o-copilot) == *'-F _o_copilot'* ]] || exit 9
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _o_copilot
      ((\${#COMPREPLY[@]})) && printf '%s\\n' "\${COMPREPLY[@]}" || true`;
    const words = line.split(' ');
    const output = execFileSync('bash', ['-c', script, 'bash', ...words], { cwd: folder, env: env() });
    return String(output).split('\n').slice(0, -1);
  }

  test.each([
    ['o-copilot su', ['summary']],
    ['o-copilot usage --format js', ['json']],
    ['o-copilot usage --format = cs', ['csv']],
    ['o-copilot --kind ', ['report', 'text', 'missing-report']],
    ['o-copilot summary --by ', ['day', 'week', 'month', 'report', 'kind']],
    ['o-copilot explain --format ', ['json', 'table']],
    ['o-copilot usage --rules s', ['service']],
    ['o-copilot --ver', ['--verbose']],
    ['o-copilot usage --output ap', ['april bill.json']],
    ['o-copilot diff ap', ['april bill.json']],
    ['o-copilot completion z', ['zsh']],
    ['o-copilot usage --limit ', []],
    ['o-copilot summary --offs', []],
  ])('%s', (line, expected) => {
    expect(offered(line)).toEqual(expected);
  });
});

describe.skipIf(!has('zsh'))('zsh', () => {
  /** Types `line` and a tab into an interactive zsh, and returns the words that the command then got. */
  function completed(line: string): string {
    const script = `zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell "PS1= ; autoload -Uz compinit; compinit -u -D; source script.zsh; unsetopt beep"
      zpty -w shell 'o-copilot() { print -r -- "GO""T<\${(j:|:)@}>" }'
      zpty -w -n shell "$1"$'\\t\\n'
      while zpty -r shell output; do [[ $output == *GOT\\<* ]] && break; done
      print -r -- "$output"
      zpty -d shell`;
    const output = execFileSync('zsh', ['-f', '-c', script, 'zsh', line], {
      cwd: folder,
      env: env(),
      timeout: 25_000,
    });
    return /GOT<(.*)>/.exec(String(output))?.[1] ?? String(output);
  }

  test.each([
    ['o-copilot summ', 'summary'],
    ['o-copilot usage --format js', 'usage|--format|json'],
    ['o-copilot usage --format=nd', 'usage|--format=ndjson'],
    ['o-copilot --rules tok', '--rules|tokens'],
    ['o-copilot summary --by mon', 'summary|--by|month'],
    ['o-copilot usage --verb', 'usage|--verbose'],
    ['o-copilot usage --output apr', 'usage|--output|april bill.json'],
    ['o-copilot diff apr', 'diff|april bill.json'],
    ['o-copilot completion ba', 'completion|bash'],
  ])('%s', (line, expected) => {
    expect(completed(line)).toBe(expected);
  });
});

describe.skipIf(!has('fish'))('fish', () => {
  /** What fish offers at the end of `line`, without descriptions. */
  function offered(line: string): string[] {
    const script = 'source script.fish; complete -C "$argv[1]"';
    const output = execFileSync('fish', ['--no-config', '-c', script, '--', line], {
      cwd: folder,
      env: env(),
    });
    return String(output)
      .split('\n')
      .slice(0, -1)
      .map((each) => each.replace(/\t.*/, ''));
  }

  test.each([
    ['o-copilot summ', ['summary']],
    ['o-copilot usage --format js', ['json']],
    ['o-copilot usage --format=js', ['--format=json']],
    ['o-copilot --duplicates ', ['error', 'keep', 'once']],
    ['o-copilot summary --by mon', ['month']],
    ['o-copilot usage --verb', ['--verbose']],
    ['o-copilot usage --output apr', ['april bill.json']],
    ['o-copilot diff apr', ['april bill.json']],
    ['o-copilot completion f', ['fish']],
    ['o-copilot summary --offs', []],
  ])('%s', (line, expected) => {
    expect(offered(line).sort()).toEqual(expected);
  });
});

test('each command and flag of the program is in each script', async () => {
  const help = await runMain(['summary', '--help']);
  const flags = [...help.stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag ?? '');
  expect(flags).toContain('--since');
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout } = await runMain(['completion', shell]);
    for (const flag of flags) expect(stdout).toContain(shell === 'fish' ? `-l ${flag.slice(2)} ` : flag);
  }
});

test('another shell exits 64', async () => {
  const run = await runMain(['completion', 'powershell']);
  expect(run).toMatchObject({ stdout: '', status: 64 });
  expect(run.stderr).toContain('expected one of bash, zsh, fish');
});
