import { createHash } from 'node:crypto';
import { DataError } from '../../errors.js';
import type { Message } from '../../source/message.js';
import { createIdHistory, createIdTable } from './ids.js';
import type { DuplicateRule } from './priced-row.js';

/**
 * Decides which messages of a period count, by their ids. Made anew for each reading of the document.
 *
 * @returns whether the message counts
 * @throws DataError at an id that stands twice (`error`), or twice with different content (`once`)
 */
export function createDuplicateCheck(rule: DuplicateRule): (message: Message) => boolean {
  if (rule === 'keep') return () => true;
  return rule === 'error' ? refuseCopies() : dropEqualCopies();
}

function refuseCopies(): (message: Message) => boolean {
  const history = createIdHistory();
  return (message) => {
    if (history.add(message.id)) return true;
    throw new DataError(
      `message ${message.id}`,
      'stands twice in the period; --duplicates once drops equal copies, --duplicates keep bills each',
    );
  };
}

function dropEqualCopies(): (message: Message) => boolean {
  const digests = createIdTable(true);
  const large = new Map<bigint, number>();
  return (message) => {
    const digest = contentDigest(message);
    let earlier: number | undefined;
    if (typeof message.id === 'number') {
      earlier = digests.addOrGet(message.id, digest);
    } else {
      earlier = large.get(message.id);
      large.set(message.id, earlier ?? digest);
    }
    if (earlier === undefined) return true;
    if (earlier === digest) return false;
    throw new DataError(
      `message ${message.id}`,
      'stands twice with different content, so --duplicates once cannot choose',
    );
  };
}

/** 48 bits of SHA-256 over all that a message says: as many as a double holds, kept instead of its text. */
function contentDigest(message: Message): number {
  const content = JSON.stringify([message.timestamp, typeof message.reportId, String(message.reportId)]);
  return createHash('sha256').update(content).update(message.text).digest().readUIntBE(0, 6);
}
