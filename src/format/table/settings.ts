import { jsonString, visible } from '../text.js';
import { type Column, drawTable } from './draw.js';
import { paragraph, type Terminal, textWidth } from './lines.js';

/** A setting as it is shown to people: nothing secret is in it. */
interface ShownSetting {
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

/** `{"settings":[…]}`, one setting a line; values are text as a person writes them, or null. */
export function settingsJson(settings: readonly ShownSetting[]): string {
  const lines = settings.map(({ name, value = null, origin, flag = null, variable, service }) =>
    jsonString({ name, value, origin, flag, variable, service }),
  );
  return `{"settings":[\n${lines.join(',\n')}\n]}\n`;
}

/** The settings of every command, then those that only `serve` reads. Nothing is shortened: values are copied. */
export function* settingsTable(
  settings: readonly ShownSetting[],
  { chalk, width }: Terminal,
): Generator<string> {
  const rowOf = ({ name, value, origin }: ShownSetting) => [
    name,
    visible(value ?? '–'),
    origin === 'default' ? chalk.dim(origin) : visible(origin),
  ];
  const rows = settings.map(rowOf);
  const columns = ['Setting', 'Value', 'Set by'].map(
    (title, index): Column => ({
      title,
      align: 'left',
      dim: false,
      width: Math.max(title.length, ...rows.map((row) => textWidth(row[index] ?? ''))),
    }),
  );
  yield* drawTable(settings.filter(({ service }) => !service).map(rowOf), columns, chalk, undefined, width);
  yield '\n';
  yield* paragraph('serve alone reads these too:', 1, width);
  yield '\n';
  yield* drawTable(settings.filter(({ service }) => service).map(rowOf), columns, chalk, undefined, width);
}
