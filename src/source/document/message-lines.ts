import type { Message } from '../message.js';
import { readMessageAt } from './message-value.js';
import { readNdjsonDocument } from './ndjson-document.js';
import { createPlainMessageReader } from './plain-message.js';

/** Reads messages that stand one a line. @throws DataError that names the line */
export function readMessageLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Message[]> {
  return readNdjsonDocument(bytes, {
    name: 'stdin',
    noun: 'line',
    plain: createPlainMessageReader(),
    readValue: (json, index) => {
      const place = `line ${index + 1}`;
      return readMessageAt(json, place, (id) => `${place}, message ${id}`);
    },
  });
}
