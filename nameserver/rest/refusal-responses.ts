// Refusals as HTTP responses: `{code, message}` with the status from the refusals table.

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal, refusalStatus, refusalText } from '../../protocols/kit/refusals.js';
import type { Log } from '../../runtime/log.js';

export function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { code, about } = refusal;
  if (code === 'SERVER_BUSY') reply.header('retry-after', '5');
  // Its text is about the seconds to wait.
  if (code === 'TOO_MANY') reply.header('retry-after', about.split(' ', 1)[0] ?? '');
  return reply
    .code(refusalStatus(code))
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ code, message: refusalText(refusal) }));
}

/** Refuses unknown paths before their body is read: only routes that take a body bound it [LOAD-17]. */
export function refuseUnknownPaths(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) return void refuse(reply, new Refusal('NOT_FOUND', pathOf(request)));
    done();
  });
}

/** Turns every error of the framework into a refusal. */
export function installErrorHandlers(app: FastifyInstance, log: Log): void {
  app.setNotFoundHandler((request, reply) => refuse(reply, new Refusal('NOT_FOUND', pathOf(request))));
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const refusal = refusalOf(error);
    if (refusal.code === 'SERVER_FAULT') log.error({ err: error }, 'a request failed with an unexpected error');
    return refuse(reply, refusal);
  });
}

/** For errors before routing, such as a path that cannot be decoded. */
export function handleFrameworkError(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  void refuse(reply, refusalOf(error));
}

/** For bytes that are not HTTP. */
export function handleClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const isLarge = error.code === 'HPE_HEADER_OVERFLOW';
  refuseSocket(
    socket,
    isLarge ? new Refusal('TOO_LARGE', 'the headers') : new Refusal('MALFORMED', 'this is not HTTP'),
  );
}

/** Refuses on a raw socket that has no response object, then closes it. */
export function refuseSocket(socket: Duplex, refusal: Refusal): void {
  const body = JSON.stringify({ code: refusal.code, message: refusalText(refusal) });
  const head = `HTTP/1.1 ${refusalStatus(refusal.code)} Refused\r\nContent-Type: application/json; charset=utf-8`;
  socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
  // Node keeps the socket half open until the peer closes. The timer bounds that.
  const linger = setTimeout(() => socket.destroy(), LIMITS.closeTimeoutMs);
  socket.once('close', () => clearTimeout(linger));
}

function refusalOf(error: FastifyError): Refusal {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new Refusal('TOO_LARGE', `a body has at most ${LIMITS.restBodyBytes} bytes`);
  }
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new Refusal('TYPE_UNKNOWN');
  const isClientError = error.validation !== undefined || (error.statusCode !== undefined && error.statusCode < 500);
  return isClientError ? new Refusal('MALFORMED', error.message) : new Refusal('SERVER_FAULT');
}

/** The path without the query, cut to 128 characters for the refusal's sentence. */
export function pathOf(request: { readonly url?: string | undefined }): string {
  return request.url?.split('?', 1)[0]?.slice(0, 128) ?? '';
}
