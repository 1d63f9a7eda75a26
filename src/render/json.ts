import type { Report } from '../source/report.js';
import type { UsageItem } from '../usage/item.js';
import type { Field } from './fields.js';
import { jsonString } from './json-string.js';
import type { Renderer } from './renderer.js';

/** `{"usage":[…]}`, one item a line. */
export function jsonRenderer(fields: readonly Field[]): Renderer {
  const object = objectWriter(fields);
  let separator = '\n';
  return {
    head: () => '{"usage":[',
    rows(items) {
      let text = '';
      for (const item of items) {
        text += separator + object(item);
        separator = ',\n';
      }
      return text;
    },
    tail: () => [separator === '\n' ? ']}\n' : '\n]}\n'],
  };
}

/** The items of the contract, one a line, and nothing else. */
export function ndjsonRenderer(fields: readonly Field[]): Renderer {
  const object = objectWriter(fields);
  return {
    head: () => '',
    rows(items) {
      let text = '';
      for (const item of items) text += `${object(item)}\n`;
      return text;
    },
    tail: () => [],
  };
}

/** One row as a JSON object; a field that a row does not have is left out. */
function objectWriter(fields: readonly Field[]): (item: UsageItem) => string {
  const names = new Map<Report, string>();

  /** A report's name as JSON, made once a report. */
  function reportName(report: Report): string {
    let json = names.get(report);
    if (json === undefined) {
      json = jsonString(report.name);
      names.set(report, json);
    }
    return json;
  }

  const members = fields.map((field) => {
    const key = `${JSON.stringify(field.name)}:`;
    if (field.name === 'report_name') {
      return ({ report }: UsageItem) => (report === undefined ? '' : key + reportName(report));
    }
    return (item: UsageItem) => {
      const value = field.value(item);
      if (value === undefined) return '';
      const type = field.type(item);
      if (type === 'number') return key + value;
      return type === 'plain' ? `${key}"${value}"` : key + jsonString(value);
    };
  });

  return (item) => {
    let text = '';
    for (const member of members) {
      const written = member(item);
      if (written !== '') text += text === '' ? written : `,${written}`;
    }
    return `{${text}}`;
  };
}
