/** The formats for programs as one module, so that a start loads one file for them. */
export { summaryJson, summaryNdjson } from '../documents/summary.js';
export { delimitedRenderer, delimitedSummary } from './delimited.js';
export { csvDialect, tsvDialect } from './dialect.js';
export { jsonRenderer, ndjsonRenderer } from './json.js';
