import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CannotCreateError } from '../../src/errors.js';
import { fileWriter } from '../../src/output/file.js';
import { newFolder } from '../../src/output/new-folder.js';
import { temporaryFolder } from './temporary-folder.js';

/** The codes with which the next renames fail, as on Windows while another program has the target open. */
let refusals: string[] = [];
const ERRNO: Readonly<Record<string, number>> = constants.errno;
const { rename } = fs;
beforeAll(() => {
  fs.rename = async (from, to) => {
    const code = refusals.shift();
    if (code !== undefined) throw Object.assign(new Error(code), { code, errno: -(ERRNO[code] ?? 0) });
    await rename(from, to);
  };
  syncBuiltinESMExports();
});
afterAll(() => {
  fs.rename = rename;
  syncBuiltinESMExports();
});

it('other systems (a target that is open): the rename is tried again', async () => {
  const folder = await temporaryFolder();
  refusals = ['EPERM', 'EBUSY', 'EACCES'];
  const writer = await fileWriter(join(folder, 'bill'));
  await writer.write('new');
  await writer.commit();
  expect(await fs.readdir(folder)).toEqual(['bill']);
  refusals = ['EPERM', 'EBUSY'];
  const snapshot = await newFolder(join(folder, 'april'));
  await snapshot.commit();
  expect(await fs.readdir(folder)).toEqual(['april', 'bill']);
});

it('other systems (a target that stays open): the old file is as it was, and the error says what to do', async () => {
  const folder = await temporaryFolder();
  await fs.writeFile(join(folder, 'bill'), 'old');
  refusals = new Array(100).fill('EBUSY');
  const writer = await fileWriter(join(folder, 'bill'));
  await writer.write('new');
  const commit = writer.commit();
  await expect(commit).rejects.toThrow(
    'bill: resource busy or locked; another program may have it open: close it and run again',
  );
  await expect(commit).rejects.toBeInstanceOf(CannotCreateError);
  await writer.abandon();
  expect(await fs.readdir(folder)).toEqual(['bill']);
  expect(await fs.readFile(join(folder, 'bill'), 'utf8')).toBe('old');
});
