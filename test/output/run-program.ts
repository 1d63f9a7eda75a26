import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';

/** Bundles writer-program.ts into a folder that any user may read. */
export async function buildProgram(): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'o-copilot-program-'));
  await chmod(folder, 0o755);
  const path = join(folder, 'program.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'writer-program.ts')],
    outfile: path,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
  return { path, remove: () => rm(folder, { recursive: true }) };
}

export interface Running {
  readonly process: ChildProcess;
  /** Resolves once stderr holds `text`; rejects when the process ends without it. */
  said(text: string): Promise<void>;
  /** Resolves when the process has ended and its pipes are read. */
  readonly ended: Promise<{ status: number | null; stdout: string; stderr: string }>;
}

/** Starts a command; it is killed when the test ends. */
export function start(command: string, args: string[], options: SpawnOptions = {}): Running {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(() => ({ status: child.exitCode, stdout, stderr }));
  return { process: child, ended, said: (text) => waitFor(text) };

  async function waitFor(text: string): Promise<void> {
    while (!stderr.includes(text)) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`ended without '${text}': ${stderr}`);
      await Promise.race([child.stderr && once(child.stderr, 'data'), ended]);
    }
  }
}
