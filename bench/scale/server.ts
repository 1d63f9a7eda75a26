import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * A process of its own: `/DELAY/NAME/messages/current-period` is the file bench/data/messages-NAME.json, and
 * `/DELAY/NAME/reports/ID` a report, answered after DELAY milliseconds. Prints its URL when it listens.
 */
const server = createServer((request, response) => {
  const [, delay = '0', name = '', document = '', id = ''] = (request.url ?? '').split('/');
  if (document === 'reports') {
    const body = JSON.stringify({ id: Number(id), name: `Report ${id}`, credit_cost: Number(id) % 90 });
    if (delay === '0') response.end(body);
    else setTimeout(() => response.end(body), Number(delay));
    return;
  }
  const path = `bench/data/messages-${name}.json`;
  response.setHeader('content-length', statSync(path).size);
  createReadStream(path, { highWaterMark: 1 << 18 }).pipe(response);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${isBound(address) ? address.port : 0}\n`);
});

function isBound(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
