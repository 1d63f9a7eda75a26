import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = ['src', 'bin', 'package.json', 'tsup.config.ts'];
const BUILT = 'dist/index.d.ts';

/** Builds the program unless the build is newer than every source, so that no test runs an old one. A build named by `TEST_BIN` is the tester's own. */
export default function build(): void {
  if (process.env.TEST_BIN !== undefined) return;
  const built = statSync(BUILT, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (SOURCES.some((source) => newest(source) > built)) {
    execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
}

/** Milliseconds since 1970 of the latest change at or below `path`. */
function newest(path: string): number {
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
