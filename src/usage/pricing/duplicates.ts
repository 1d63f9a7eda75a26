import { createHash } from 'node:crypto';
import type { Message } from '../../document/records.js';
import { DataError } from '../../errors.js';
import { createIdHistory, createIdTable } from './ids.js';
import type { DuplicateRule } from './priced-row.js';

/**
 * Decides which messages of a period count, by their ids. Made anew for each reading of the document.
 *
 * @returns whether the message counts
 * @throws DataError at a duplicate id (`error`), or one with different content (`once`)
 */
export function createDuplicateCheck(rule: DuplicateRule): (message: Message) => boolean {
  if (rule === 'keep') return () => true;
  return rule === 'error' ? rejectCopies() : dropEqualCopies();
}

function rejectCopies(): (message: Message) => boolean {
  const history = createIdHistory();
  return (message) => {
    if (history.add(message.id)) return true;
    throw new DataError(
      `message ${message.id}`,
      'occurs twice in the period; --duplicates once drops equal copies, --duplicates keep bills each',
    );
  };
}

function dropEqualCopies(): (message: Message) => boolean {
  const digests = createIdTable(true);
  return (message) => {
    const digest = contentDigest(message);
    const earlier = digests.addOrGet(message.id, digest);
    if (earlier === undefined) return true;
    if (earlier === digest) return false;
    throw new DataError(
      `message ${message.id}`,
      'occurs twice with different content, so --duplicates once cannot choose',
    );
  };
}

/** 48 bits of SHA-256 over everything in a message: as many as a double holds exactly. */
function contentDigest(message: Message): number {
  const content = JSON.stringify([message.timestamp, typeof message.reportId, String(message.reportId)]);
  return createHash('sha256').update(content).update(message.text).digest().readUIntBE(0, 6);
}
