import { strFromU8, unzipSync } from 'fflate';

/** A cell as a spreadsheet reads it; `style` is the format of a number. */
export interface SheetCell {
  readonly type: 'number' | 'text';
  readonly value: string;
  readonly format: string;
  readonly bold: boolean;
  readonly formula?: string;
}

/** What an Office Open XML workbook of one sheet holds, read by the rules of ECMA-376. */
export function readSheet(bytes: Uint8Array) {
  const parts = unzipSync(bytes);
  const part = (name: string) => strFromU8(parts[name] ?? new Uint8Array());
  const sheet = part('xl/worksheets/sheet1.xml');
  const styles = part('xl/styles.xml');
  const codes = new Map(
    [...styles.matchAll(/<numFmt numFmtId="(\d+)" formatCode="([^"]*)"/g)].map(([, id, code = '']) => [
      id,
      code,
    ]),
  );
  const cellStyles = (/<cellXfs.*<\/cellXfs>/.exec(styles)?.[0] ?? '').match(/<xf [^>]*>/g) ?? [];
  const rows = [...sheet.matchAll(/<row r="(\d+)">(.*?)<\/row>/gs)].map(([, row = '', xml = '']) => {
    const cells = new Map<string, SheetCell>();
    for (const [, reference = '', style = '', kind, content = ''] of xml.matchAll(
      /<c r="([A-Z]+\d+)" s="(\d+)"( t="inlineStr")?>(.*?)<\/c>/gs,
    )) {
      const xf = cellStyles[Number(style)] ?? '';
      const id = /numFmtId="(\d+)"/.exec(xf)?.[1] ?? '';
      const formula = /<f>(.*)<\/f>/s.exec(content)?.[1];
      cells.set(reference.replace(/\d+$/, ''), {
        type: kind === undefined ? 'number' : 'text',
        value: unescapeText(/<(t|v)(?: xml:space="preserve")?>(.*)<\/\1>/s.exec(content)?.[2] ?? ''),
        format: codes.get(id) ?? id,
        bold: xf.includes('fontId="1"'),
        ...(formula !== undefined && { formula }),
      });
      if (!reference.endsWith(row)) throw new Error(`${reference} in row ${row}`);
    }
    return cells;
  });
  return { names: Object.keys(parts), sheet, workbook: part('xl/workbook.xml'), rows };
}

function unescapeText(xml: string): string {
  return xml
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/_x([0-9A-F]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
