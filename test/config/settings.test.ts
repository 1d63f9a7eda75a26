import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SERVICE_SETTINGS } from '../../src/config/service-settings.js';
import { flagOf, type Setting, variablesOf } from '../../src/config/setting.js';
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
      return `| ${flag}| \`${variablesOf(name, setting)[0]}\` | ${setting.default === undefined ? 'none' : `\`${setting.default}\``} |`;
    });
    expect(rows).toEqual(expected);
  });

  test('every option of the service is in its page', () => {
    const page = readFileSync('docs/service.md', 'utf8');
    const missing = Object.entries<Setting<unknown>>(SERVICE_SETTINGS).filter(
      ([name, setting]) =>
        (setting.secret || !page.includes(flagOf(name))) && !page.includes(variablesOf(name, setting)[0]),
    );
    expect(missing.map(([name]) => name)).toEqual([]);
  });

  test.each(DECLARED)('%s: its default is a value', (_, setting) => {
    if (setting.default !== undefined) expect(() => setting.parse(setting.default ?? '')).not.toThrow();
  });

  test.each([
    ['readTimeout', {}, ['O_COPILOT_READ_TIMEOUT']],
    ['port', { unprefixed: 'too' }, ['O_COPILOT_PORT', 'PORT']],
    ['logLevel', { unprefixed: 'only' }, ['LOG_LEVEL']],
  ] as const)('%s: its variables are named after it', (name, traits, expected) => {
    const setting = { placeholder: '', description: '', parse: String, ...traits };
    expect(variablesOf(name, setting)).toEqual(expected);
  });

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
