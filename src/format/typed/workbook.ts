import { Zip, ZipDeflate } from 'fflate';
import { DataError } from '../../errors.js';

/** Sizes in a ZIP archive have 32 bits. */
const MOST_BYTES = 2 ** 32 - 1;
/** Levels above take longer and save nothing. */
const LEVEL = 4;
/** fflate reads it as local time, so that it is the same in every zone: the first that ZIP can hold. */
const MODIFIED = new Date(1980, 0, 1);

/** Cells of a decimal with so many digits after its point are shown with all of them. */
export const MOST_DECIMALS_SHOWN = 15;

/** Styles of cells, as their index. */
export const STYLES = {
  plain: 0,
  bold: 1,
  /** Of a text that would become a formula once somebody edits it. */
  quoted: 2,
  /** Of digits as text. */
  digits: 3,
  boldDigits: 4,
  integer: 5,
  boldInteger: 6,
  instant: 7,
  date: 8,
  /** With no digit after the point; one more for each digit. */
  decimal: 9,
  boldDecimal: 9 + MOST_DECIMALS_SHOWN + 1,
} as const;

/**
 * A workbook of one sheet as an Office Open XML file, piece by piece. The same content gives the same bytes everywhere:
 * fflate compresses alike in every version of Node, which its own zlib does not.
 */
export class Workbook {
  private pieces: Uint8Array[] = [];
  private size = 0;
  private readonly zip = new Zip((error, piece) => {
    if (error) throw error;
    this.pieces.push(piece);
    this.size += piece.length;
  });
  private readonly sheet: ZipDeflate;
  private sheetSize = 0;

  constructor(private readonly name: string) {
    this.add('[Content_Types].xml', CONTENT_TYPES);
    this.add('_rels/.rels', relationships([['officeDocument', 'xl/workbook.xml']]));
    this.add(
      'xl/_rels/workbook.xml.rels',
      relationships([
        ['worksheet', 'worksheets/sheet1.xml'],
        ['styles', 'styles.xml'],
      ]),
    );
    this.add('xl/styles.xml', styles());
    this.sheet = this.open('xl/worksheets/sheet1.xml');
  }

  /** A part of the XML of the sheet. @returns the bytes that are complete */
  write(xml: string): Uint8Array {
    const bytes = Buffer.from(xml);
    this.sheetSize += bytes.length;
    if (this.sheetSize > MOST_BYTES || this.size > MOST_BYTES) {
      throw new DataError(
        `the sheet ${this.name}`,
        'is too large for an Excel file (4 GB); use --csv or --parquet',
      );
    }
    this.sheet.push(bytes);
    return this.take();
  }

  /** @param filtered the cells with a filter, as `$A$1:$D$36` */
  end(filtered: string): Uint8Array {
    this.sheet.push(new Uint8Array(), true);
    this.add(
      'xl/workbook.xml',
      `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${this.name}" sheetId="1" r:id="rId1"/></sheets>` +
        `<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">${this.name}!${filtered}</definedName></definedNames></workbook>`,
    );
    this.zip.end();
    return this.take();
  }

  private add(path: string, xml: string): void {
    this.open(path).push(Buffer.from(xml), true);
  }

  private open(path: string): ZipDeflate {
    const file = new ZipDeflate(path, { level: LEVEL });
    file.mtime = MODIFIED;
    this.zip.add(file);
    return file;
  }

  private take(): Uint8Array {
    const taken = Buffer.concat(this.pieces);
    this.pieces = [];
    return taken;
  }
}

export const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const FORMATS = 'http://schemas.openxmlformats.org';
export const MAIN = `${FORMATS}/spreadsheetml/2006/main`;
const OFFICE = `${FORMATS}/officeDocument/2006/relationships`;
const PACKAGE = `${FORMATS}/package/2006`;
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const CONTENT_TYPES =
  `${XML}<Types xmlns="${PACKAGE}/content-types">` +
  '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
  [
    ['workbook.xml', 'sheet.main'],
    ['worksheets/sheet1.xml', 'worksheet'],
    ['styles.xml', 'styles'],
  ]
    .map(([path, type]) => `<Override PartName="/xl/${path}" ContentType="${TYPE}.${type}+xml"/>`)
    .join('') +
  '</Types>';

function relationships(targets: readonly (readonly [type: string, target: string])[]): string {
  const each = targets.map(
    ([type, target], index) =>
      `<Relationship Id="rId${index + 1}" Type="${OFFICE}/${type}" Target="${target}"/>`,
  );
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${each.join('')}</Relationships>`;
}

/** Numbers of formats that Excel has built in. */
const GENERAL = 0;
const WHOLE = 1;
const AS_TEXT = 49;
/** Others have numbers from this one on. */
const FIRST_FORMAT = 164;
const FORMAT_CODES = [
  'yyyy\\-mm\\-dd\\ hh:mm:ss.000',
  'yyyy\\-mm\\-dd',
  ...Array.from(
    { length: MOST_DECIMALS_SHOWN + 1 },
    (_, digits) => `#,##0${digits > 0 ? '.' : ''}${'0'.repeat(digits)}`,
  ),
];
const INSTANT = FIRST_FORMAT;
const DATE = FIRST_FORMAT + 1;
const GROUPED = FIRST_FORMAT + 2;

/** The cells are in the order of `STYLES`. */
function styles(): string {
  const xf = (format: number, font = 0, attributes = '', inside = '') =>
    `<xf numFmtId="${format}" fontId="${font}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"${attributes}>${inside}</xf>`;
  const decimals = (font: number) =>
    Array.from({ length: MOST_DECIMALS_SHOWN + 1 }, (_, digits) => xf(GROUPED + digits, font));
  const cells = [
    xf(GENERAL),
    xf(GENERAL, 1),
    xf(GENERAL, 0, ' quotePrefix="1"'),
    xf(AS_TEXT, 0, ' applyAlignment="1"', '<alignment horizontal="right"/>'),
    xf(AS_TEXT, 1, ' applyAlignment="1"', '<alignment horizontal="right"/>'),
    xf(WHOLE),
    xf(GROUPED, 1),
    xf(INSTANT),
    xf(DATE),
    ...decimals(0),
    ...decimals(1),
  ];
  const list = (name: string, items: readonly string[]) =>
    `<${name} count="${items.length}">${items.join('')}</${name}>`;
  const font = (weight: string) =>
    `<font>${weight}<sz val="11"/><name val="Calibri"/><family val="2"/></font>`;
  const fill = (pattern: string) => `<fill><patternFill patternType="${pattern}"/></fill>`;
  return [
    `${XML}<styleSheet xmlns="${MAIN}">`,
    list(
      'numFmts',
      FORMAT_CODES.map((code, index) => `<numFmt numFmtId="${FIRST_FORMAT + index}" formatCode="${code}"/>`),
    ),
    list('fonts', [font(''), font('<b/>')]),
    list('fills', [fill('none'), fill('gray125')]),
    list('borders', ['<border><left/><right/><top/><bottom/><diagonal/></border>']),
    list('cellStyleXfs', ['<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>']),
    list('cellXfs', cells),
    list('cellStyles', ['<cellStyle name="Normal" xfId="0" builtinId="0"/>']),
    '</styleSheet>',
  ].join('');
}
