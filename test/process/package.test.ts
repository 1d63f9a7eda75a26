import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BIN, inFolder } from './run.js';

describe('the package', () => {
  test('C134 C135 the program begins with the standard line, ended by LF', () => {
    expect(readFileSync(BIN, 'utf8').split('\n', 1)[0]).toBe('#!/usr/bin/env node');
  });

  test('C134 unpacked, it runs through a link from elsewhere and knows its version', async () => {
    await inFolder(async (folder) => {
      // Without its scripts, which would build anew while other tests run.
      const packed = spawnSync(
        'npm',
        ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder],
        { encoding: 'utf8' },
      );
      expect(packed.status).toBe(0);
      expect(spawnSync('tar', ['-xzf', packed.stdout.trim()], { cwd: folder }).status).toBe(0);
      symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
      const manifest = JSON.parse(readFileSync(join(folder, 'package', 'package.json'), 'utf8'));
      symlinkSync(join(folder, 'package', manifest.bin['o-copilot']), join(folder, 'o-copilot'));
      const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'o-copilot'), '--version'], {
        cwd: '/',
        encoding: 'utf8',
      });
      expect({ stdout, stderr }).toEqual({ stdout: `${manifest.version}\n`, stderr: '' });
    });
  });
});
