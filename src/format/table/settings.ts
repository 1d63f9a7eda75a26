import type { SettingRow } from '../documents/settings.js';
import { visible } from '../text.js';
import { type Column, drawTable } from './draw.js';
import { paragraph, type Terminal, textWidth } from './lines.js';

/** The settings of every command, then those that only `serve` reads. Nothing is shortened: values are copied. */
export function* settingsTable(
  settings: readonly SettingRow[],
  { chalk, width }: Terminal,
): Generator<string> {
  const rowOf = ({ name, value, origin }: SettingRow) => [
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
