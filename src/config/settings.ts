import { isTimeZone } from '../calendar/time-zone.js';
import { RULESETS } from '../engine/rules.js';
import { CommandLineError, SettingError } from '../errors.js';
import { type CreditPrice, CURRENCIES, parseCreditPrice } from '../rates/money.js';
import { MOST_REPORTS_AT_ONCE, nameProblem } from '../source/source.js';
import { parseLimit, type WrittenLimit } from '../usage/forecast/limit.js';
import { refuseUnknown } from './environment.js';
import { SERVICE_SETTINGS } from './service-settings.js';
import {
  type Declarations,
  flagOf,
  kebabCase,
  resolveAll,
  resolveSetting,
  type Setting,
  type SettingSources,
  type ValuesOf,
} from './setting.js';
import { duration, InvalidValue, oneOf, type Parse, plainText, wholeNumber } from './value.js';

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

const period: Parse<string> = (text) => {
  if (nameProblem(text) !== undefined)
    throw new InvalidValue('a name such as 2024-05, without / or \\', text);
  return plainText(text);
};

const timeZone: Parse<string> = (text) => {
  // The default needs no Intl, which takes a while to load.
  if (text !== 'UTC' && !isTimeZone(text))
    throw new InvalidValue('an IANA time zone such as Europe/London or UTC', text);
  return text;
};

/** Overrides a price that is set elsewhere. */
const NONE = 'none';

const creditPrice: Parse<CreditPrice | undefined> = (text) => {
  if (text === NONE) return undefined;
  const price = parseCreditPrice(text);
  if (price === undefined) throw new InvalidValue('what a credit costs, above 0, such as 0.02', text);
  return price;
};

const currencyOrNone = oneOf([...CURRENCIES, NONE], 'a currency of ISO 4217 such as GBP, EUR or USD');
const currency: Parse<string | undefined> = Object.assign(
  (text: string) => {
    const code = currencyOrNone(text);
    return code === NONE ? undefined : code;
  },
  { choices: currencyOrNone.choices },
);

export const budget: Parse<WrittenLimit | undefined> = (text) => {
  if (text === NONE) return undefined;
  const limit = parseLimit(text);
  if (limit === undefined) {
    throw new InvalidValue('an amount above 0 such as 2500, "2500 credits" or "50 GBP"', text);
  }
  return limit;
};

/** Every setting that flags, the environment and `.env` share. */
export const SETTINGS = {
  source: {
    variable: 'O_COPILOT_SOURCE',
    placeholder: 'where',
    description: 'http(s) base URL, messages file, snapshot folder, - for stdin, or sample',
    parse: source,
    default: 'https://owpublic.blob.core.windows.net/tech-task',
    file: 'source',
  },
  token: {
    variable: 'O_COPILOT_TOKEN',
    placeholder: 'token',
    description: "bearer token, sent to the source's own origin only",
    parse: plainText,
    secret: true,
  },
  period: {
    variable: 'O_COPILOT_PERIOD',
    placeholder: 'name',
    description: 'name of the messages document',
    parse: period,
    default: 'current-period',
    shapes: true,
  },
  timezone: {
    variable: 'O_COPILOT_TIMEZONE',
    placeholder: 'zone',
    description: 'IANA time zone in which days begin',
    parse: timeZone,
    default: 'UTC',
    shapes: true,
  },
  rules: {
    variable: 'O_COPILOT_RULES',
    placeholder: 'ruleset',
    description: `rules that price a text: ${RULESETS.join(', ')}`,
    parse: oneOf(RULESETS),
    default: 'published',
    shapes: true,
  },
  creditPrice: {
    variable: 'O_COPILOT_CREDIT_PRICE',
    placeholder: 'amount',
    description: 'what a credit costs; with --currency rows and totals have a cost',
    parse: creditPrice,
    default: NONE,
    shapes: true,
  },
  currency: {
    variable: 'O_COPILOT_CURRENCY',
    placeholder: 'code',
    description: 'currency of --credit-price, by ISO 4217: GBP, EUR, USD …',
    parse: currency,
    default: NONE,
    shapes: true,
  },
  budget: {
    variable: 'O_COPILOT_BUDGET',
    placeholder: 'amount',
    description: 'what a period may use, in credits or money: 2500, "50 GBP"',
    parse: budget,
    default: NONE,
    shapes: true,
  },
  retries: {
    variable: 'O_COPILOT_RETRIES',
    placeholder: 'count',
    description: 'times a failed request is made again',
    parse: wholeNumber(0, 100),
    default: '3',
  },
  connectTimeout: {
    variable: 'O_COPILOT_CONNECT_TIMEOUT',
    placeholder: 'time',
    description: 'longest wait for a connection',
    parse: duration,
    default: '10s',
  },
  readTimeout: {
    variable: 'O_COPILOT_READ_TIMEOUT',
    placeholder: 'time',
    description: 'longest silence between bytes',
    parse: duration,
    default: '30s',
  },
  deadline: {
    variable: 'O_COPILOT_DEADLINE',
    placeholder: 'time',
    description: 'longest time for the whole run',
    parse: duration,
    default: '15m',
  },
  concurrency: {
    variable: 'O_COPILOT_CONCURRENCY',
    placeholder: 'count',
    description: 'reports fetched at a time',
    parse: wholeNumber(1, MOST_REPORTS_AT_ONCE),
    default: '8',
  },
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
    `needs ${flagName(name)}${sources.flagName === undefined ? ` (${SETTINGS[name].variable})` : ''} too, such as ${example}`;
  const { creditPrice: price, currency } = values;
  if (price !== undefined && currency === undefined) throw refuse('creditPrice', needs('currency', 'GBP'));
  if (price === undefined && currency !== undefined) throw refuse('currency', needs('creditPrice', '0.02'));
  return { ...values, origins, refuse };
}

/** Every setting in force, as it is shown to people: nothing secret is in it. @throws as resolveSettings does */
export function listSettings(sources: SettingSources) {
  const shown = (declared: Declarations, service: boolean) =>
    Object.entries(declared).map(([name, setting]) => ({ ...show(name, setting, sources), service }));
  return [...shown(SETTINGS, false), ...shown(SERVICE_SETTINGS, true)];
}

function show(name: string, setting: Setting<unknown>, sources: SettingSources) {
  const { given, origin } = resolveSetting(name, setting, sources);
  const fallback = setting.default ?? setting.unset;
  return {
    name: kebabCase(name),
    value: given === undefined ? fallback : setting.secret ? MASK : maskUrl(given),
    origin,
    flag: setting.secret ? undefined : flagOf(name),
    variable: setting.variable,
  };
}

/** As long for every secret, so that its length is not shown either. */
const MASK = '••••';

/** A URL without its password, and without its query, which may hold a signature. Other text as it is. */
function maskUrl(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  return text.replace(/\/\/[^/?#]*@/, `//${MASK}@`).replace(/\?.*$/s, `?${MASK}`);
}

const ALL_VARIABLES: readonly string[] = Object.values<Setting<unknown>>({
  ...SETTINGS,
  ...SERVICE_SETTINGS,
})
  .map(({ variable }) => variable)
  .filter((variable) => variable.startsWith('O_COPILOT_'));
