import { text } from 'node:stream/consumers';
import { CommandLineError } from '../errors.js';
import { SHORTEST_TOKEN, tokenLine } from '../service/auth/tokens.js';
import type { Run } from './host.js';

/** Runs `serve --hash-token NAME`: the token comes by stdin, since other users see a process's flags. */
export async function hashToken(name: string, { host }: Run): Promise<void> {
  if (!/^[^\s#]\S*$/.test(name)) {
    throw new CommandLineError('--hash-token: expected a name without spaces that does not begin with #');
  }
  const token = (await text(host.stdin)).trim();
  if (!/^[!-~]+$/.test(token) || token.length < SHORTEST_TOKEN) {
    throw new CommandLineError(
      `--hash-token: expected a token of at least ${SHORTEST_TOKEN} printable ASCII characters on stdin`,
    );
  }
  host.stdout.write(tokenLine(name, token));
}
