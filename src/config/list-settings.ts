import { SERVICE_SECRETS, SERVICE_SETTINGS } from './service-settings.js';
import { SETTINGS, type Setting } from './settings.js';
import { type SettingPlaces, settle } from './settle.js';

/** A setting as it is shown to people: nothing secret is in it. */
export interface ShownSetting {
  readonly name: string;
  /** As it was written; undefined where nothing was set and there is no default. */
  readonly value: string | undefined;
  readonly origin: string;
  /** Undefined for a secret. */
  readonly flag: string | undefined;
  readonly variable: string;
  /** Whether only `serve` reads it. */
  readonly service: boolean;
}

/** As long for every secret, so that its length is none of what is shown. */
const MASK = '••••';

/**
 * Every setting in force. @throws CommandLineError for a flag, SettingError for a variable with a wrong value
 */
export function listSettings(places: SettingPlaces): ShownSetting[] {
  const show =
    (service: boolean) =>
    ([name, setting]: [string, Setting<unknown, unknown>]) =>
      shown(name, setting, places, service);
  return [
    ...Object.entries(SETTINGS).map(show(false)),
    ...Object.entries({ ...SERVICE_SETTINGS, ...SERVICE_SECRETS }).map(show(true)),
  ];
}

function shown(
  name: string,
  setting: Setting<unknown, unknown>,
  places: SettingPlaces,
  service: boolean,
): ShownSetting {
  const { given, origin } = settle(name, setting, places);
  const { flag, variable, fallback, shownFallback } = setting;
  const common = { name: flag ?? kebab(name), origin, flag: flag && `--${flag}`, variable, service };
  if (given !== undefined) return { ...common, value: setting.secret ? MASK : maskUrl(given) };
  return { ...common, value: shownFallback ?? (fallback === undefined ? undefined : `${fallback}`) };
}

/** A URL without its password, and without its query, which may hold a signature. Other text as it is. */
function maskUrl(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  return text.replace(/\/\/[^/?#]*@/, `//${MASK}@`).replace(/\?.*$/s, `?${MASK}`);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
