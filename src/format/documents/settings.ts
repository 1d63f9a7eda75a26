import { jsonString } from '../text.js';
/** A setting and where it came from. */
export interface SettingRow {
  readonly name: string;
  readonly value: string | undefined;
  readonly origin: string;
  readonly flag: string | undefined;
  readonly variable: string;
  readonly service: boolean;
}

/** `{"settings":[…]}`, one setting a line; values are text as a person writes them, or null. */
export function settingsJson(settings: readonly SettingRow[]): string {
  const lines = settings.map(({ name, value = null, origin, flag = null, variable, service }) =>
    jsonString({ name, value, origin, flag, variable, service }),
  );
  return `{"settings":[\n${lines.join(',\n')}\n]}\n`;
}
