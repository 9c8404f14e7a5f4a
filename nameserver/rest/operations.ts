// Routes for the operator: health check and the OpenAPI description. Metrics have a port of their own.

import type { FastifyInstance } from 'fastify';
import { Type } from '../../protocols/kit/packages/typebox.js';
import { responses } from './shapes.js';

export function addOperationRoutes(app: FastifyInstance): void {
  const healthy = Type.Object({ ok: Type.Boolean() });
  app.get(
    '/healthz',
    { schema: { summary: 'Health check', response: responses({ 200: healthy }, 405) } },
    (_request, reply) => {
      reply.send({ ok: true });
    },
  );

  const description = Type.Object({}, { additionalProperties: true });
  const schema = { summary: 'This OpenAPI description', response: responses({ 200: description }, 405, 429) };
  app.get('/openapi.json', { schema }, (_request, reply) => {
    reply.type('application/json; charset=utf-8').send(JSON.stringify(app.swagger()));
  });
}
