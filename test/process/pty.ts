import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BIN, inFolder } from './run.js';

export interface PtyOptions {
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with all that the terminal got so far, at each new piece; `type` writes to its keyboard. */
  readonly watch?: (shown: string, type: (keys: string) => void) => void;
}

export interface PtyOutcome {
  /** All bytes that the terminal got, with LF for its CR LF. */
  readonly shown: string;
  readonly status: number | null;
}

/** Runs a shell line on a terminal of its own; `o-copilot` is the built program. */
export function runPty(
  line: string,
  { columns = 80, env = {}, watch }: PtyOptions = {},
): Promise<PtyOutcome> {
  return inFolder(async (folder) => {
    const path = join(folder, 'line.sh');
    writeFileSync(
      path,
      `stty cols ${columns} rows 50\no-copilot() { '${process.execPath}' '${BIN}' "$@"; }\n${line}\n`,
    );
    const child = spawn('script', ['-qefc', `bash ${path}`, '/dev/null'], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let shown = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
      watch?.(shown, (keys) => child.stdin.write(keys));
    });
    const [status] = await once(child, 'close');
    return { shown: shown.replaceAll('\r\n', '\n'), status };
  });
}
