import { readFileSync } from 'node:fs';
import fastify from 'fastify';

/* The floor: a bare Fastify route that sends the bytes of the file named, from memory. Prints its URL. */
const body = readFileSync(process.argv[2] ?? '');
const app = fastify();
app.get('/usage', (_request, reply) => reply.type('application/json; charset=utf-8').send(body));
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}\n`);
