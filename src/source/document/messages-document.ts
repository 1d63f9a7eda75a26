import type { Message } from '../message.js';
import { readArrayDocument } from './array-document.js';
import { readMessageValue } from './message-value.js';
import { createPageMarks } from './page-marks.js';
import { createPlainMessageReader } from './plain-message.js';

const DOCUMENT = 'the messages document';

/**
 * Reads `{"messages":[…]}` as it arrives and yields the messages of each chunk, in order.
 *
 * @throws DataError for anything that is not one whole JSON document of that shape
 */
export function readMessages(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Message[]> {
  const marks = createPageMarks(DOCUMENT);
  return readArrayDocument(bytes, {
    name: DOCUMENT,
    key: 'messages',
    noun: 'message',
    plain: createPlainMessageReader(),
    readValue: readMessageValue,
    note: marks.note,
    check: marks.check,
  });
}
