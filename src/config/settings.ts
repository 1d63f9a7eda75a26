import { isTimeZone } from '../calendar/time-zone.js';
import { RULESETS } from '../engine/ruleset.js';
import { nameProblem } from '../source/document-name.js';
import { MOST_REPORTS_AT_ONCE } from '../source/reports-at-once.js';
import { SERVICE_SECRETS, SERVICE_SETTINGS } from './service-settings.js';
import { duration, InvalidValue, oneOf, type Parse, plainText, wholeNumber } from './value.js';

/** A setting that has a flag, an environment variable and a default. */
export interface Setting<Value, Fallback = Value> {
  /** Without the dashes. Undefined: a secret, which has no flag since other users see a process's flags. */
  readonly flag?: string;
  readonly variable: string;
  /** What the value is called in `--help`. */
  readonly placeholder: string;
  readonly description: string;
  readonly parse: Parse<Value>;
  /** What holds where nothing was set. */
  readonly fallback: Fallback;
  /** The fallback as a user would write it, where that differs. */
  readonly shownFallback?: string;
  readonly secret?: true;
}

function setting<Value, Fallback>(definition: Setting<Value, Fallback>): Setting<Value, Fallback> {
  return definition;
}

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
  if (!isTimeZone(text)) throw new InvalidValue('an IANA time zone such as Europe/London or UTC', text);
  return text;
};

/** Every setting that flags, the environment and `.env` share. */
export const SETTINGS = {
  source: setting({
    flag: 'source',
    variable: 'O_COPILOT_SOURCE',
    placeholder: 'where',
    description: 'http(s) base URL, messages file, snapshot folder, - for stdin, or sample',
    parse: source,
    fallback: 'https://owpublic.blob.core.windows.net/tech-task',
  }),
  token: setting({
    variable: 'O_COPILOT_TOKEN',
    placeholder: 'token',
    description: "bearer token, sent to the source's own origin only",
    parse: plainText,
    fallback: undefined,
    secret: true,
  }),
  period: setting({
    flag: 'period',
    variable: 'O_COPILOT_PERIOD',
    placeholder: 'name',
    description: 'name of the messages document',
    parse: period,
    fallback: 'current-period',
  }),
  timezone: setting({
    flag: 'timezone',
    variable: 'O_COPILOT_TIMEZONE',
    placeholder: 'zone',
    description: 'IANA time zone in which days begin',
    parse: timeZone,
    fallback: 'UTC',
  }),
  rules: setting({
    flag: 'rules',
    variable: 'O_COPILOT_RULES',
    placeholder: 'ruleset',
    description: `rules that price a text: ${RULESETS.join(', ')}`,
    parse: oneOf(RULESETS),
    fallback: 'published' as const,
  }),
  retries: setting({
    flag: 'retries',
    variable: 'O_COPILOT_RETRIES',
    placeholder: 'count',
    description: 'times a failed request is made again',
    parse: wholeNumber(0, 100),
    fallback: 3,
  }),
  connectTimeout: setting({
    flag: 'connect-timeout',
    variable: 'O_COPILOT_CONNECT_TIMEOUT',
    placeholder: 'time',
    description: 'longest wait for a connection',
    parse: duration,
    fallback: 10_000,
    shownFallback: '10s',
  }),
  readTimeout: setting({
    flag: 'read-timeout',
    variable: 'O_COPILOT_READ_TIMEOUT',
    placeholder: 'time',
    description: 'longest silence between bytes',
    parse: duration,
    fallback: 30_000,
    shownFallback: '30s',
  }),
  deadline: setting({
    flag: 'deadline',
    variable: 'O_COPILOT_DEADLINE',
    placeholder: 'time',
    description: 'longest time for the whole run',
    parse: duration,
    fallback: 15 * 60_000,
    shownFallback: '15m',
  }),
  concurrency: setting({
    flag: 'concurrency',
    variable: 'O_COPILOT_CONCURRENCY',
    placeholder: 'count',
    description: 'reports fetched at a time',
    parse: wholeNumber(1, MOST_REPORTS_AT_ONCE),
    fallback: 8,
  }),
};

export type SettingName = keyof typeof SETTINGS;

/** Variables of the same family that the service alone reads. */
export const OTHER_VARIABLES: readonly string[] = Object.values({
  ...SERVICE_SETTINGS,
  ...SERVICE_SECRETS,
})
  .map(({ variable }) => variable)
  .filter((variable) => variable.startsWith('O_COPILOT_'));
