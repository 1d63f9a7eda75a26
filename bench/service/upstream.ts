import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';

/* Sends the file named as the messages document; every report exists. A process of its own. Prints its URL. */
const path = process.argv[2] ?? '';
const server = createServer((request, response) => {
  const id = /\/reports\/(\d+)$/.exec(request.url ?? '')?.[1];
  if (id === undefined) createReadStream(path, { highWaterMark: 1 << 18 }).pipe(response);
  else response.end(JSON.stringify({ id: Number(id), name: `Report ${id}`, credit_cost: Number(id) % 90 }));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});
