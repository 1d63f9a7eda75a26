import { createServer } from 'node:http';
import { BIN, measureNode } from '../measure-process.js';
import { type Row, sideBySide } from '../side-by-side.js';

const ROUNDS = 15;

/** What a short command costs, against a node that does nothing. */
export async function measureStartup(): Promise<Row[]> {
  const messages = Array.from({ length: 5 }, (_, id) => ({
    id,
    timestamp: '2024-04-29T02:08:29.375Z',
    text: 'Are there any restrictions on alterations or improvements?',
  }));
  const server = createServer((_, response) => response.end(JSON.stringify({ messages })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const nothing = () => measureNode(['-e', '0']);
  const ours =
    (...args: string[]) =>
    () =>
      measureNode([BIN, ...args]);
  try {
    return [
      await sideBySide('--version / node -e 0', ours('--version'), nothing, ROUNDS),
      await sideBySide(
        'usage --source sample --json / node -e 0',
        ours('usage', '--source', 'sample', '--json'),
        nothing,
        ROUNDS,
      ),
      await sideBySide(
        'five messages over loopback / node -e 0',
        ours('usage', '--json', '--source', `http://127.0.0.1:${port}`),
        nothing,
        ROUNDS,
      ),
    ];
  } finally {
    server.close();
  }
}
