/** The formats for programs as one module, so that a start loads one file for them. */
export { summaryJson, summaryNdjson } from '../documents/summary.js';
export { csvDialect, delimitedRenderer, delimitedSummary, tsvDialect } from './delimited.js';
export { jsonRenderer, ndjsonRenderer } from './json.js';
