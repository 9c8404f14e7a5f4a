// Routes for the operator: health check, metrics, and the OpenAPI description.

import type { FastifyInstance } from 'fastify';
import { Type } from '../../protocols/kit/packages/typebox.js';
import type { Metrics } from '../metrics.js';
import { responses } from './shapes.js';

export function addOperationRoutes(app: FastifyInstance, metrics: Metrics): void {
  const healthy = Type.Object({ ok: Type.Boolean() });
  app.get(
    '/healthz',
    { schema: { summary: 'Health check', response: responses({ 200: healthy }, 405) } },
    (_request, reply) => {
      reply.send({ ok: true });
    },
  );

  const text = Type.String();
  app.get(
    '/metrics',
    { schema: { summary: 'Metrics in the Prometheus text format', response: responses({ 200: text }, 405) } },
    async (_, reply) => {
      const answer = await metrics.text();
      return reply.type(answer.type).send(answer.text);
    },
  );

  const description = Type.Object({}, { additionalProperties: true });
  const schema = { summary: 'This OpenAPI description', response: responses({ 200: description }, 405, 429) };
  app.get('/openapi.json', { schema }, (_request, reply) => {
    reply.type('application/json; charset=utf-8').send(JSON.stringify(app.swagger()));
  });
}
