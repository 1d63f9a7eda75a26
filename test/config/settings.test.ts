import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SERVICE_SETTINGS } from '../../src/config/service-settings.js';
import { flagOf, kebabCase, type Setting } from '../../src/config/setting.js';
import { listSettings, resolveSettings, SETTINGS } from '../../src/config/settings.js';

const NOTHING = { flags: {}, environment: {}, envFile: new Map() };
const DECLARED = Object.entries<Setting<unknown>>({ ...SETTINGS, ...SERVICE_SETTINGS });

describe('the declaration of a setting', () => {
  test("the README's table has every setting, its option, variable and default", () => {
    const rows = readFileSync('README.md', 'utf8')
      .split('\n')
      .filter((line) => /^\|[^|]*\| `O_COPILOT_/.test(line));
    const expected = Object.entries<Setting<unknown>>(SETTINGS).map(([name, setting]) => {
      const flag = setting.secret ? '' : `\`${flagOf(name)}\` `;
      return `| ${flag}| \`${setting.variable}\` | ${setting.default === undefined ? 'none' : `\`${setting.default}\``} |`;
    });
    expect(rows).toEqual(expected);
  });

  test('every option of the service is in its page', () => {
    const page = readFileSync('docs/service.md', 'utf8');
    const missing = Object.entries<Setting<unknown>>(SERVICE_SETTINGS).filter(
      ([name, { secret, variable }]) =>
        !page.includes(secret ? variable : flagOf(name)) && !page.includes(variable),
    );
    expect(missing.map(([name]) => name)).toEqual([]);
  });

  test.each(DECLARED)(
    '%s: its variable is named after its option, and its default is a value',
    (name, setting) => {
      const usual = `O_COPILOT_${kebabCase(name).toUpperCase().replaceAll('-', '_')}`;
      expect([usual, usual.replace('O_COPILOT_', '')]).toContain(setting.variable);
      if (setting.default !== undefined) expect(() => setting.parse(setting.default ?? '')).not.toThrow();
    },
  );

  test('without anything set every value is the default', () => {
    const { origins, ...values } = resolveSettings(NOTHING);
    expect(new Set(Object.values(origins))).toEqual(new Set(['default']));
    expect(values).toMatchObject({ retries: 3, readTimeout: 30_000, rules: 'published', token: undefined });
  });

  test('a secret has no flag, whatever is given as one, and is never shown', () => {
    const sources = { ...NOTHING, flags: { token: 'abc' }, environment: { O_COPILOT_JWT_SECRET: 'hush' } };
    expect(resolveSettings(sources).token).toBeUndefined();
    const shown = listSettings(sources);
    expect(shown.filter(({ flag }) => flag === undefined).map(({ name }) => name)).toEqual([
      'token',
      'jwt-secret',
      'cache-secret',
    ]);
    expect(JSON.stringify(shown)).not.toContain('hush');
  });
});
