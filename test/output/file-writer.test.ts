import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CannotCreateError } from '../../src/errors.js';
import { fileWriter, writeFileAtomically } from '../../src/output/file.js';
import { temporaryFolder } from './temporary-folder.js';

const modeOf = async (path: string): Promise<number> => (await fs.stat(path)).mode & 0o7777;

describe('fileWriter', () => {
  it('shows nothing before commit, and everything after', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'bill.json');
    const writer = await fileWriter(path, { digest: true });
    const text = 'x'.repeat(200_000);
    await writer.write(text);
    await writer.write(Buffer.from('é'));
    const [temporary, ...others] = await fs.readdir(folder);
    expect(temporary).toMatch(/^\.bill\.json\..+\.tmp$/);
    expect(others).toEqual([]);
    expect(await modeOf(join(folder, String(temporary)))).toBe(0o600);
    await writer.commit();
    expect(await fs.readdir(folder)).toEqual(['bill.json']);
    expect(await fs.readFile(path, 'utf8')).toBe(`${text}é`);
    expect(writer.digest()).toBe(createHash('sha256').update(`${text}é`).digest('hex'));
  });

  it('leaves the old file and nothing else when abandoned, and stays quiet twice and after commit', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'bill');
    await fs.writeFile(path, 'old');
    const writer = await fileWriter(path);
    await writer.write('new'.repeat(100_000));
    await writer.abandon();
    await writer.abandon();
    expect(await fs.readdir(folder)).toEqual(['bill']);
    expect(await fs.readFile(path, 'utf8')).toBe('old');
    await expect(writer.commit()).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));

    const second = await fileWriter(path);
    await second.write('new');
    await second.commit();
    await second.abandon();
    expect(await fs.readFile(path, 'utf8')).toBe('new');
  });

  it('starts the file again after restart', async () => {
    const path = join(await temporaryFolder(), 'bill');
    const writer = await fileWriter(path, { digest: true });
    await writer.write('first'.repeat(100_000));
    await writer.restart();
    await writer.write('second');
    await writer.commit();
    expect(await fs.readFile(path, 'utf8')).toBe('second');
    expect(writer.digest()).toBe(createHash('sha256').update('second').digest('hex'));
  });

  it('makes an empty file of nothing', async () => {
    const path = join(await temporaryFolder(), 'bill');
    await (await fileWriter(path)).commit();
    expect((await fs.stat(path)).size).toBe(0);
  });

  it('keeps the mode and owner of the file it replaces', async () => {
    const path = join(await temporaryFolder(), 'bill');
    await fs.writeFile(path, 'old');
    await fs.chmod(path, 0o640);
    if (process.getuid?.() === 0) await fs.chown(path, 1234, 4321);
    const before = await fs.stat(path);
    await writeFileAtomically(path, 'new');
    const after = await fs.stat(path);
    expect([after.mode, after.uid, after.gid]).toEqual([before.mode, before.uid, before.gid]);
    expect(after.ino).not.toBe(before.ino);
  });

  it('accepts a name as long as the file system does', async () => {
    const folder = await temporaryFolder();
    const name = 'ü'.repeat(127);
    await writeFileAtomically(join(folder, name), 'x');
    expect(await fs.readdir(folder)).toEqual([name]);
  });
});

describe('symbolic links', () => {
  it('replaces the file at the end of the links, not the links', async () => {
    const folder = await temporaryFolder();
    await fs.mkdir(join(folder, 'real'));
    await fs.writeFile(join(folder, 'real/bill'), 'old');
    await fs.symlink('real/bill', join(folder, 'one'));
    await fs.symlink(join(folder, 'one'), join(folder, 'two'));
    await writeFileAtomically(join(folder, 'two'), 'new');
    expect(await fs.readFile(join(folder, 'real/bill'), 'utf8')).toBe('new');
    expect(await fs.readlink(join(folder, 'two'))).toBe(join(folder, 'one'));
    expect(await fs.readdir(join(folder, 'real'))).toEqual(['bill']);
  });

  it('creates the file that a dangling link names', async () => {
    const folder = await temporaryFolder();
    await fs.symlink('later', join(folder, 'link'));
    await writeFileAtomically(join(folder, 'link'), 'new');
    expect(await fs.readFile(join(folder, 'later'), 'utf8')).toBe('new');
    expect(await fs.readlink(join(folder, 'link'))).toBe('later');
  });
});

describe('what cannot be created', () => {
  const cases: [string, RegExp, (folder: string) => Promise<string>][] = [
    ['a folder', /is a directory/, async (folder) => folder],
    ['a missing folder', /there is no folder .*missing/, async (folder) => join(folder, 'missing/bill')],
    [
      'a file as a folder',
      /not a directory/,
      async (folder) => {
        await fs.writeFile(join(folder, 'file'), '');
        return join(folder, 'file/bill');
      },
    ],
    ['a new name with a slash at its end', /does not name a file/, async (folder) => join(folder, 'bill/')],
    ['the empty name', /does not name a file/, async () => ''],
    [
      'a loop of links',
      /too many symbolic links/,
      async (folder) => {
        await fs.symlink('b', join(folder, 'a'));
        await fs.symlink('a', join(folder, 'b'));
        return join(folder, 'a');
      },
    ],
    [
      'a link into a missing folder',
      /there is no folder/,
      async (folder) => {
        await fs.symlink('missing/bill', join(folder, 'link'));
        return join(folder, 'link');
      },
    ],
    ['a name that is too long', /name too long/, async (folder) => join(folder, 'x'.repeat(256))],
  ];
  it.each(cases)('%s', async (_, reason, make) => {
    const folder = await temporaryFolder();
    const path = await make(folder);
    const before = await fs.readdir(folder);
    const attempt = fileWriter(path);
    await expect(attempt).rejects.toThrow(reason);
    await expect(attempt).rejects.toBeInstanceOf(CannotCreateError);
    expect(await fs.readdir(folder)).toEqual(before);
  });

  it("a folder that took the target's place meanwhile", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'bill');
    const writer = await fileWriter(path);
    await writer.write('x');
    await fs.mkdir(path);
    await expect(writer.commit()).rejects.toThrow(/cannot create .*bill: is a directory/);
    expect(await fs.readdir(folder)).toEqual(['bill']);
  });
});

describe('files left by a killed run', () => {
  it('go at the next run for the same target, and no others', async () => {
    const folder = await temporaryFolder();
    const live = await fileWriter(join(folder, 'bill'));
    onTestFinished(() => live.abandon());
    const [liveName = ''] = await fs.readdir(folder);
    // Above the highest pid that Linux gives, so surely dead.
    const dead = liveName.replace(/-\d+-/, '-99999999-');
    const deadElsewhere = dead.replace('.bill.', '.bill.0');
    const oldElsewhere = dead.replace('.bill.', '.bill.1');
    const ofOtherTarget = dead.replace('.bill.', '.bill2.');
    const foreign = '.bill.swp.tmp';
    for (const name of [dead, deadElsewhere, oldElsewhere, ofOtherTarget, foreign]) {
      await fs.writeFile(join(folder, name), 'half');
    }
    const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
    await fs.utimes(join(folder, oldElsewhere), twoDaysAgo, twoDaysAgo);
    await writeFileAtomically(join(folder, 'bill'), 'new');
    const kept = ['bill', liveName, deadElsewhere, ofOtherTarget, foreign];
    expect((await fs.readdir(folder)).sort()).toEqual(kept.sort());
  });
});

describe('special files', () => {
  it('are written to where they stand', async () => {
    await writeFileAtomically('/dev/null', 'x');
    expect((await fs.stat('/dev/null')).isCharacterDevice()).toBe(true);
    await expect(writeFileAtomically('/dev/full', 'x')).rejects.toThrow(
      'cannot write /dev/full: no space left on device',
    );
    expect((await fs.readdir('/dev')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('a descriptor of a regular file is appended to', async () => {
    const path = join(await temporaryFolder(), 'log');
    await fs.writeFile(path, 'before\n');
    const descriptor = openSync(path, 'a');
    await writeFileAtomically(`/dev/fd/${descriptor}`, 'bill\n');
    closeSync(descriptor);
    expect(await fs.readFile(path, 'utf8')).toBe('before\nbill\n');
  });
});
