// The baseline of look-ups: a bare Fastify route that gives an answer of the same size, with a response schema, and
// nothing else.

import Fastify from 'fastify';
import { serveQuestions } from '../child.js';

const app = Fastify();
const text = { type: 'string' } as const;
const record = { type: 'object', properties: { payload: text, signature: text } } as const;
const user = {
  type: 'object',
  properties: { name: text, key: text, online: { type: 'boolean' }, lastSeen: text, record },
};

const answer = {
  name: 'alice',
  key: 'k'.repeat(43),
  online: true,
  lastSeen: '2026-01-01T00:00:00.000Z',
  record: { payload: 'p'.repeat(330), signature: 's'.repeat(86) },
};

app.get('/v1/users/:name', { schema: { response: { 200: user } } }, (_request, reply) => {
  reply.send(answer);
});

serveQuestions(async () => {
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  return { address };
});
