import { isTimeZone } from '../calendar/time-zone.js';
import { RULESETS } from '../engine/rules.js';
import { CommandLineError, SettingError } from '../errors.js';
import { CURRENCIES, parseCreditPrice } from '../rates/money.js';
import { MOST_REPORTS_AT_ONCE, nameProblem } from '../source/source.js';
import { parseLimit } from '../usage/forecast/limit.js';
import { PREFIX, refuseUnknown } from './environment.js';
import { SERVICE_SETTINGS } from './service-settings.js';
import {
  type Declarations,
  flagOf,
  kebabCase,
  resolveAll,
  resolveSetting,
  type SettingSources,
  setting,
  type ValuesOf,
  variablesOf,
} from './setting.js';
import { duration, InvalidValue, oneOf, type Parse, parsedBy, plainText, wholeNumber } from './value.js';

const source: Parse<string> = (text) => {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    const scheme = text.slice(0, text.indexOf(':')).toLowerCase();
    if ((scheme !== 'http' && scheme !== 'https') || !URL.canParse(text)) {
      throw new InvalidValue(
        'an http(s) URL, a file or folder, -, or sample',
        text.replace(/\/\/.*@/, '//…@').replace(/\?.*/, '?…'),
      );
    }
  }
  return plainText(text.trim());
};

const period = parsedBy(
  (text) => (nameProblem(text) === undefined ? plainText(text) : undefined),
  'a name such as 2024-05, without / or \\',
);

const timeZone = parsedBy(
  // The default needs no Intl, which takes a while to load.
  (text) => (text === 'UTC' || isTimeZone(text) ? text : undefined),
  'an IANA time zone such as Europe/London or UTC',
);

/** Overrides what is set elsewhere. */
const NONE = 'none';

function orNone<Value>(parse: Parse<Value>): Parse<Value | undefined> {
  return (text) => (text === NONE ? undefined : parse(text));
}

const creditPrice = orNone(parsedBy(parseCreditPrice, 'what a credit costs, above 0, such as 0.02'));

const currencies = oneOf([...CURRENCIES, NONE], 'a currency of ISO 4217 such as GBP, EUR or USD');
const currency = Object.assign(orNone(currencies), { choices: currencies.choices });

export const budget = orNone(
  parsedBy(parseLimit, 'an amount above 0 such as 2500, "2500 credits" or "50 GBP"'),
);

/** Every setting that flags, the environment and `.env` share. */
export const SETTINGS = {
  source: setting(
    'where',
    'http(s) base URL, messages file, snapshot folder, - for stdin, or sample',
    source,
    { default: 'https://owpublic.blob.core.windows.net/tech-task', file: 'source' },
  ),
  token: setting('token', "bearer token, sent to the source's own origin only", plainText, { secret: true }),
  period: setting('name', 'name of the messages document', period, {
    default: 'current-period',
    shapes: true,
  }),
  timezone: setting('zone', 'IANA time zone in which days begin', timeZone, { default: 'UTC', shapes: true }),
  rules: setting('ruleset', `rules that price a text: ${RULESETS.join(', ')}`, oneOf(RULESETS), {
    default: 'published',
    shapes: true,
  }),
  creditPrice: setting(
    'amount',
    'what a credit costs; with --currency rows and totals have a cost',
    creditPrice,
    { default: NONE, shapes: true },
  ),
  currency: setting('code', 'currency of --credit-price, by ISO 4217: GBP, EUR, USD …', currency, {
    default: NONE,
    shapes: true,
  }),
  budget: setting('amount', 'what a period may use, in credits or money: 2500, "50 GBP"', budget, {
    default: NONE,
    shapes: true,
  }),
  retries: setting('count', 'times a failed request is made again', wholeNumber(0, 100), { default: '3' }),
  connectTimeout: setting('time', 'longest wait for a connection', duration, { default: '10s' }),
  readTimeout: setting('time', 'longest silence between bytes', duration, { default: '30s' }),
  deadline: setting('time', 'longest time for the whole run', duration, { default: '15m' }),
  concurrency: setting('count', 'reports fetched at a time', wholeNumber(1, MOST_REPORTS_AT_ONCE), {
    default: '8',
  }),
} as const satisfies Declarations;

type SettingName = keyof typeof SETTINGS;

/** The values of SETTINGS. Durations are in milliseconds. */
export interface Settings extends ValuesOf<typeof SETTINGS> {
  /** Where each came from: `--retries`, `O_COPILOT_RETRIES`, `.env line 3 (…)`, `default`. */
  readonly origins: Readonly<Record<SettingName, string>>;
  /** The error for a value that is right alone, but not with others. */
  readonly refuse: (name: SettingName, problem: string) => CommandLineError | SettingError;
}

/** @throws CommandLineError for a flag, SettingError for a variable with a wrong value or an unknown O_COPILOT_ name */
export function resolveSettings(sources: SettingSources): Settings {
  refuseUnknown(sources, ALL_VARIABLES);
  const { values, origins } = resolveAll(SETTINGS, sources);
  const { flags, flagName = flagOf } = sources;
  const refuse: Settings['refuse'] = (name, problem) =>
    origins[name] === flagName(name) && flags[name] !== undefined
      ? new CommandLineError(`${origins[name]}: ${problem}`)
      : new SettingError(origins[name], problem);
  const needs = (name: 'creditPrice' | 'currency', example: string) =>
    `needs ${flagName(name)}${sources.flagName === undefined ? ` (${variablesOf(name, SETTINGS[name])[0]})` : ''} too, such as ${example}`;
  const { creditPrice: price, currency } = values;
  if (price !== undefined && currency === undefined) throw refuse('creditPrice', needs('currency', 'GBP'));
  if (price === undefined && currency !== undefined) throw refuse('currency', needs('creditPrice', '0.02'));
  return { ...values, origins, refuse };
}

/** Every setting in force, as it is shown to people: nothing secret is in it. @throws as resolveSettings does */
export function listSettings(sources: SettingSources) {
  const shown = (declared: Declarations, service: boolean) =>
    Object.entries(declared).map(([name, setting]) => {
      const { given, origin } = resolveSetting(name, setting, sources);
      const fallback = setting.default ?? setting.unset;
      return {
        name: kebabCase(name),
        value: given === undefined ? fallback : setting.secret ? MASK : maskUrl(given),
        origin,
        flag: setting.secret ? undefined : flagOf(name),
        variable: variablesOf(name, setting)[0],
        service,
      };
    });
  return [...shown(SETTINGS, false), ...shown(SERVICE_SETTINGS, true)];
}

/** As long for every secret, so that its length is not shown either. */
const MASK = '••••';

/** A URL without its password, and without its query, which may hold a signature. Other text as it is. */
function maskUrl(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  return text.replace(/\/\/[^/?#]*@/, `//${MASK}@`).replace(/\?.*$/s, `?${MASK}`);
}

/** Those of every command. */
export const ALL_SETTINGS: Declarations = { ...SETTINGS, ...SERVICE_SETTINGS };

const ALL_VARIABLES = Object.entries(ALL_SETTINGS)
  .map(([name, setting]) => variablesOf(name, setting)[0])
  .filter((variable) => variable.startsWith(PREFIX));
