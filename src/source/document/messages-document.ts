import { DataError } from '../../errors.js';
import type { Message } from '../message.js';
import { createUtf8Decoder } from './decode-utf8.js';
import { readMessageValue } from './message-value.js';
import { createPageMarks } from './page-marks.js';
import { createPlainMessageReader, isSpace } from './plain-message.js';
import { valueEnd } from './value-end.js';

/** UTF-16 units of one message, or of one value beside `messages`. The reader holds one at a time. */
const LONGEST_VALUE = 64 * 1024 * 1024;

/** Up to here an unfinished value is looked at again with every chunk; beyond it, when it has doubled. */
const SMALL = 64 * 1024;

const DOCUMENT = 'the messages document';

type Expecting =
  | 'document'
  | 'key or end'
  | 'key'
  | 'colon'
  | 'value'
  | 'comma or end'
  | 'element or end'
  | 'element'
  | 'comma or end of messages'
  | 'nothing';

/**
 * Reads `{"messages":[…]}` as it arrives and yields the messages of each chunk, in order. Memory does not
 * grow with their number. Other keys may stand before and after, in any order.
 *
 * @throws DataError for anything that is not one whole JSON document of that shape
 */
export async function* readMessages(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Message[]> {
  const decoder = createUtf8Decoder(DOCUMENT);
  const reader = createDocumentReader();
  for await (const chunk of bytes) {
    const messages = reader.push(decoder.push(chunk));
    if (messages.length > 0) yield messages;
  }
  const messages = reader.end(decoder.end());
  if (messages.length > 0) yield messages;
}

function createDocumentReader() {
  const plain = createPlainMessageReader();
  const marks = createPageMarks(DOCUMENT);
  let expecting: Expecting = 'document';
  let characters = '';
  let waiting: string[] = [];
  let waitingLength = 0;
  let at = 0;
  let key = '';
  let count = 0;
  let seenMessages = false;

  /** The messages that `more` completes. */
  function push(more: string): Message[] {
    waiting.push(more);
    waitingLength += more.length;
    // A long unfinished value would be copied and searched at every chunk: quadratic. Doubling makes it linear.
    if (characters.length > SMALL && waitingLength < characters.length) return [];
    takeWaiting();
    return readAll();
  }

  function takeWaiting(): void {
    characters += waiting.length === 1 ? waiting[0] : waiting.join('');
    waiting = [];
    waitingLength = 0;
  }

  function readAll(): Message[] {
    const messages: Message[] = [];
    while (true) {
      while (isSpace(characters.charCodeAt(at))) at++;
      if (at >= characters.length) break;
      if (!(expecting === 'element' || expecting === 'element or end' ? readElement(messages) : readOther()))
        break;
    }
    if (characters.length - at > LONGEST_VALUE) {
      throw new DataError(
        expecting.startsWith('element') ? `messages[${count}]` : `${DOCUMENT}, key ${JSON.stringify(key)}`,
        'is longer than 64 Mi characters, the most this program reads as one value',
      );
    }
    characters = at === characters.length ? '' : characters.slice(at);
    at = 0;
    return messages;
  }

  /** One element of the array, or its end. False when the chunk ends first. */
  function readElement(messages: Message[]): boolean {
    if (expecting === 'element or end' && characters.charCodeAt(at) === 0x5d /* ] */) {
      at++;
      expecting = 'comma or end';
      return true;
    }
    let message = plain.read(characters, at);
    if (message !== undefined) {
      at = plain.next();
    } else {
      const end = valueEnd(characters, at, `messages[${count}]`);
      if (end === -1) return false;
      message = readMessageValue(characters.slice(at, end), count);
      at = end;
    }
    messages.push(message);
    count++;
    expecting = 'comma or end of messages';
    return true;
  }

  /** One token or value outside the array's elements. False when the chunk ends first. */
  function readOther(): boolean {
    const code = characters.charCodeAt(at);
    switch (expecting) {
      case 'document':
        if (code !== 0x7b /* { */) throw unexpected('{');
        expecting = 'key or end';
        break;
      case 'key or end':
      case 'key': {
        if (expecting === 'key or end' && code === 0x7d /* } */) {
          expecting = 'nothing';
          break;
        }
        if (code !== 0x22 /* " */) throw unexpected('a key');
        return readValue((value) => {
          key = String(value);
          expecting = 'colon';
        });
      }
      case 'colon':
        if (code !== 0x3a /* : */) throw unexpected(':');
        expecting = 'value';
        break;
      case 'value':
        if (key !== 'messages') {
          return readValue((value) => {
            marks.note(key, value);
            expecting = 'comma or end';
          });
        }
        if (seenMessages) throw new DataError(DOCUMENT, 'stands twice', 'messages');
        if (code !== 0x5b /* [ */) throw new DataError(DOCUMENT, 'is not an array', 'messages');
        seenMessages = true;
        expecting = 'element or end';
        break;
      case 'comma or end':
        if (code !== 0x2c /* , */ && code !== 0x7d /* } */) throw unexpected(', or }');
        expecting = code === 0x2c ? 'key' : 'nothing';
        break;
      case 'comma or end of messages':
        if (code !== 0x2c /* , */ && code !== 0x5d /* ] */) throw unexpected(', or ]');
        expecting = code === 0x2c ? 'element' : 'comma or end';
        break;
      default:
        throw new DataError(DOCUMENT, `${shown()} follows the end of the JSON`);
    }
    at++;
    return true;
  }

  function readValue(take: (value: unknown) => void): boolean {
    const end = valueEnd(characters, at, DOCUMENT);
    if (end === -1) return false;
    try {
      take(JSON.parse(characters.slice(at, end)));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new DataError(DOCUMENT, `${shown()} is not valid JSON`);
    }
    at = end;
    return true;
  }

  function unexpected(wanted: string): DataError {
    const place = count === 0 ? '' : ` after message ${count}`;
    return new DataError(DOCUMENT, `expected ${wanted}${place}, got ${shown()}`);
  }

  /** The next few characters, quoted and escaped. */
  function shown(): string {
    return JSON.stringify(characters.slice(at, at + 16));
  }

  /** The last messages; throws where the document is not whole. */
  function end(last: string): Message[] {
    waiting.push(last);
    takeWaiting();
    const messages = readAll();
    if (expecting === 'document') throw new DataError(DOCUMENT, 'is empty');
    if (expecting !== 'nothing') {
      throw new DataError(DOCUMENT, `ends early, after ${count} messages`);
    }
    if (!seenMessages) throw new DataError(DOCUMENT, 'is missing', 'messages');
    marks.check(count);
    return messages;
  }

  return { push, end };
}
