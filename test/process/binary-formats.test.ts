import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { readSheet } from '../format/sheet.js';
import { startServe } from '../service/start-serve.js';
import { runPty } from './pty.js';
import { inFolder, runBin, runShell } from './run.js';
import { runMain } from './run-main.js';

/** What a file of the one field `text` holds. */
async function textsIn(format: 'xlsx' | 'parquet', bytes: Buffer): Promise<unknown[]> {
  // Between the names and the total.
  if (format === 'xlsx')
    return readSheet(bytes)
      .rows.slice(1, -1)
      .map((cells) => cells.get('A')?.value);
  const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
  return rows.map(({ text }) => text);
}

const BINARY = ['xlsx', 'parquet'] as const;
const hasScript = spawnSync('script', ['--version']).status === 0;

describe.each(BINARY)('%s', (format) => {
  test('binary formats (same bytes): by file, pipe and redirection, in any zone and locale', async () => {
    await inFolder(async (cwd) => {
      const env = { O_COPILOT_SOURCE: 'sample' };
      const files = [`a.${format}`, 'b', 'c', 'd', 'e'];
      const elsewhere = { ...env, TZ: 'Pacific/Apia', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' };
      await runBin(['--output', `a.${format}`], { cwd, env });
      await runBin([`--${format}`, '--output', 'b'], { cwd, env: elsewhere });
      await runShell(`o-copilot --${format} | cat > c; o-copilot --${format} > d`, { cwd, env: elsewhere });
      await runShell(`o-copilot --${format} --stream | cat > e`, { cwd, env });
      const [first, ...others] = files.map((file) => readFileSync(join(cwd, file)).toString('hex'));
      expect(first?.length).toBeGreaterThan(2000);
      expect(new Set(others)).toEqual(new Set([first]));
    });
  });

  test('binary formats (large results): what is spooled to a file arrives whole', async () => {
    await inFolder(async (cwd) => {
      const messages = Array.from({ length: 400 }, (_, id) => ({
        id,
        timestamp: '2024-04-29T02:08:29Z',
        text: randomBytes(24_000).toString('base64'),
      }));
      writeFileSync(join(cwd, 'm.json'), JSON.stringify({ messages }));
      const { status } = await runShell(`o-copilot --source m.json --fields text --${format} | cat > piped`, {
        cwd,
      });
      expect(status).toBe(0);
      const bytes = readFileSync(join(cwd, 'piped'));
      // More than the spool holds in memory.
      expect(bytes.length).toBeGreaterThan(8 * 1024 * 1024);
      expect(await textsIn(format, bytes)).toEqual(messages.map(({ text }) => text));
    });
  });

  test.skipIf(!hasScript)(
    'binary formats (a terminal): refused before anything is read (needs script)',
    async () => {
      const env = { O_COPILOT_SOURCE: 'no-such-file' };
      const line = `o-copilot: --${format}: is not for a terminal; say --output FILE.${format}, or send it through a pipe\n`;
      for (const command of ['usage', 'summary', 'merge no-such-file']) {
        for (const output of ['', '--output -', '--output /dev/stdout']) {
          const words = `${command} --${format} ${output}`.trim().split(' ');
          const run = await runMain(words, { env, columns: 80 });
          expect(run).toMatchObject({ status: 64, stdout: '', stderr: line });
        }
      }
      const { shown, status } = await runPty(`o-copilot usage --${format}`, { env });
      expect({ shown, status }).toEqual({ shown: line, status: 64 });
    },
  );

  test('binary formats (all or nothing): an error leaves no byte, and the old file as it was', async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'old'), 'old');
      const text = format === 'xlsx' ? 'x'.repeat(32_768) : 'x';
      const messages = [{ id: 5, timestamp: '2024-04-29T02:08:29.0000001Z', text }];
      const flags = ['--source', '-', `--${format}`, '--fields', 'text,timestamp'];
      const input = JSON.stringify({ messages });
      const toFile = await runMain([...flags, '--output', 'old'], { cwd, input });
      const toPipe = await runMain(flags, { cwd, input });
      for (const run of [toFile, toPipe]) {
        expect(run).toMatchObject({ status: 65, stdout: '' });
        expect(run.stderr).toMatch(/^o-copilot: message 5: (text|timestamp): .*another format\n$/);
      }
      expect(readdirSync(cwd)).toEqual(['old']);
      expect(readFileSync(join(cwd, 'old'), 'utf8')).toBe('old');
    });
  });

  test('binary formats (receipts): an export is verified by its bytes', async () => {
    await inFolder(async (cwd) => {
      const flags = ['--output', `bill.${format}`, '--receipt', 'receipt.json'];
      await runMain(['usage', '--source', 'sample', '--kind', 'report', ...flags], { cwd });
      const verify = () =>
        runMain(['verify', `bill.${format}`, 'receipt.json', '--source', 'sample'], { cwd });
      expect(await verify()).toMatchObject({ status: 0, stderr: '' });
      const bytes = readFileSync(join(cwd, `bill.${format}`));
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(join(cwd, `bill.${format}`), bytes);
      expect((await verify()).status).toBe(1);
    });
  });
});

test('binary formats (the service): the bytes of the command, by Accept and by ?format=', async () => {
  const serving = await startServe(['--source', 'sample', '--timezone', 'UTC']);
  try {
    for (const format of BINARY) {
      for (const [path, command] of [
        ['/usage', 'usage'],
        ['/summary?by=kind', 'summary --by kind'],
      ] as const) {
        const asked = await serving.get(`${path}${path.includes('?') ? '&' : '?'}format=${format}`);
        const type = asked.headers.get('content-type') ?? '';
        const accepted = await serving.get(path, { accept: `${type}, text/csv;q=0.5` });
        const bytes = Buffer.from(await asked.arrayBuffer());
        expect([asked.status, accepted.status, accepted.headers.get('content-type')]).toEqual([
          200,
          200,
          type,
        ]);
        expect(type).not.toContain('charset');
        expect(Buffer.from(await accepted.arrayBuffer()).equals(bytes)).toBe(true);
        await inFolder(async (cwd) => {
          const words = `${command} --source sample --${format} --output file`.split(' ');
          expect(await runMain(words, { cwd })).toMatchObject({ status: 0 });
          expect(readFileSync(join(cwd, 'file')).equals(bytes)).toBe(true);
        });
      }
    }
  } finally {
    await serving.stop();
  }
});
