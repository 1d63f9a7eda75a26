import { ByteWriter, type ColumnSource, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import { dayNumber } from '../../calendar/days.js';
import { instantOf } from '../../calendar/instant.js';
import { DataError } from '../../errors.js';
import type { ColumnType } from '../rows.js';
import type { NewTableWriter } from './columns.js';

/** Rows of a row group, and UTF-16 units of texts, whichever comes first: what is held in memory. */
const GROUP_ROWS = 50_000;
const GROUP_TEXT = 8 * 1024 * 1024;

/** The same in every file, so that a folder of files is one table: DECIMAL(38, 18). */
const PRECISION = 38;
const SCALE = 18;

const MOST_INTEGER = 2n ** 63n;
/** Digits after the milliseconds of an instant that a microsecond has. */
const MICROSECOND_DIGITS = 3;

/** Readers take it for `application version X`. */
const CREATED_BY = 'o-copilot version 1';

type Value = bigint | number | string | undefined;

/** How a column is declared, and the value of a text in it; undefined where it cannot be carried exactly. */
interface ParquetType {
  readonly element: Omit<SchemaElement, 'name'>;
  readonly parse: (text: string) => Value;
  /** What such a column carries. */
  readonly range: string;
}

const STRING: ParquetType = {
  element: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  parse: (text) => text,
  range: 'texts',
};

const TYPES: Readonly<Record<ColumnType, ParquetType>> = {
  integer: {
    element: { type: 'INT64' },
    parse: integer,
    range: 'integers of 64 bits',
  },
  decimal: {
    element: {
      type: 'FIXED_LEN_BYTE_ARRAY',
      type_length: 16,
      converted_type: 'DECIMAL',
      logical_type: { type: 'DECIMAL', precision: PRECISION, scale: SCALE },
      precision: PRECISION,
      scale: SCALE,
    },
    parse: decimal,
    range: `${PRECISION - SCALE} digits before and ${SCALE} after the point`,
  },
  id: STRING,
  instant: {
    element: {
      type: 'INT64',
      converted_type: 'TIMESTAMP_MICROS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
    },
    parse: microseconds,
    range: 'microseconds, and no leap second',
  },
  date: {
    element: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
    parse: dayNumber,
    range: 'days',
  },
  text: STRING,
};

/** A file for data tools: decimals, instants (in UTC) and days as such. Holds one row group at a time. */
export const parquetWriter: NewTableWriter = ({ name, columns, where }) => {
  const bytes = new ByteWriter();
  const schema: SchemaElement[] = [
    { name, num_children: columns.length },
    ...columns.map((column) => ({
      ...TYPES[column.holds].element,
      name: column.name,
      repetition_type: 'OPTIONAL' as const,
    })),
  ];
  const file = new ParquetWriter({ writer: bytes, schema, createdBy: CREATED_BY });
  let group: Value[][] = columns.map(() => []);
  let rowCount = 0;
  let textLength = 0;

  function endGroup(): void {
    if (rowCount === 0) return;
    const columnData = columns.map(
      (column, index): ColumnSource => ({ name: column.name, data: group[index] ?? [] }),
    );
    file.write({ columnData, rowGroupSize: rowCount });
    group = columns.map(() => []);
    rowCount = 0;
    textLength = 0;
  }

  /** The bytes written since the last time. Their offsets in the file go on. */
  function take(): Uint8Array {
    const taken = Buffer.from(bytes.getBytes());
    bytes.index = 0;
    return taken;
  }

  return {
    head: take,
    rows(rows) {
      for (const row of rows) {
        for (const [index, column] of columns.entries()) {
          const text = column.value(row);
          const { parse, range } = TYPES[column.holds];
          const value = text === undefined ? undefined : parse(text);
          if (text !== undefined && value === undefined) {
            const problem = `${text} does not fit a Parquet column, which carries ${range}; leave the field out, or use another format`;
            throw new DataError(where(row), problem, column.name);
          }
          if (typeof value === 'string') textLength += value.length;
          group[index]?.push(value);
        }
        rowCount++;
        if (rowCount === GROUP_ROWS || textLength >= GROUP_TEXT) endGroup();
      }
      return take();
    },
    *tail() {
      endGroup();
      file.finish();
      yield take();
    },
  };
};

function integer(text: string): bigint | undefined {
  const value = BigInt(text);
  return value >= -MOST_INTEGER && value < MOST_INTEGER ? value : undefined;
}

/** The digits without a point, as Parquet has them. */
function decimal(text: string): bigint | undefined {
  const [whole = '', fraction = ''] = text.split('.');
  if (fraction.length > SCALE || whole.replace('-', '').length > PRECISION - SCALE) return undefined;
  return BigInt(whole + fraction.padEnd(SCALE, '0'));
}

function microseconds(text: string): bigint | undefined {
  const instant = instantOf(text);
  if (typeof instant === 'number') return BigInt(instant) * 1000n;
  if (!/^\d+$/.test(instant.digits) || instant.digits.length > MICROSECOND_DIGITS) return undefined;
  return BigInt(instant.milliseconds) * 1000n + BigInt(instant.digits.padEnd(MICROSECOND_DIGITS, '0'));
}
