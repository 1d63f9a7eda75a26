import type { Summary } from '../../usage/summary/summary.js';
import type { SummaryFacts } from '../documents/summary.js';
import { summaryJson, summaryNdjson } from '../documents/summary.js';
import type { DataFormat } from '../formats.js';
import type { Field, Renderer } from '../rows.js';
import { type DelimitedOptions, delimitedRenderer, delimitedSummary } from './delimited.js';
import { jsonRenderer, ndjsonRenderer } from './json.js';

/** Rows in a format for programs. */
export function dataRenderer(
  format: DataFormat,
  fields: readonly Field[],
  options: DelimitedOptions,
): Renderer {
  switch (format) {
    case 'json':
      return jsonRenderer(fields);
    case 'ndjson':
      return ndjsonRenderer(fields);
    case 'csv':
    case 'tsv':
      return delimitedRenderer(format, fields, options);
  }
}

/** The pieces of a summary in a format for programs. */
export function dataSummary(
  format: DataFormat,
  summary: Summary,
  facts: SummaryFacts,
  options: DelimitedOptions,
): Iterable<string> {
  switch (format) {
    case 'json':
      return summaryJson(summary, facts);
    case 'ndjson':
      return summaryNdjson(summary);
    case 'csv':
    case 'tsv':
      return delimitedSummary(format, summary, options);
  }
}
