// Refusals as HTTP answers: every answer that is a no is `{code, message}` with the status of the refusals table.

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal, refusalStatus, refusalText } from '../../protocols/kit/refusals.js';
import type { Log } from '../../runtime/log.js';

export function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { code } = refusal;
  if (code === 'SERVER_BUSY') reply.header('retry-after', '5');
  return reply
    .code(refusalStatus(code))
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ code, message: refusalText(refusal) }));
}

/** Everything the framework says no to comes out in our words. */
export function installErrorHandlers(app: FastifyInstance, log: Log): void {
  app.setNotFoundHandler((request, reply) => refuse(reply, new Refusal('NOT_FOUND', pathOf(request))));
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const refusal = refusalOf(error);
    if (refusal.code === 'SERVER_FAULT') log.error({ err: error }, 'a request failed');
    return refuse(reply, refusal);
  });
}

/** For what the framework refuses before there is a route, as a path that cannot be decoded. */
export function handleFrameworkError(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  void refuse(reply, refusalOf(error));
}

/** For what is not HTTP at all. */
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

/** Refuses where there is no answer to write into, and lets the socket go. */
export function refuseSocket(socket: Duplex, refusal: Refusal): void {
  const body = JSON.stringify({ code: refusal.code, message: refusalText(refusal) });
  const head = `HTTP/1.1 ${refusalStatus(refusal.code)} Refused\r\nContent-Type: application/json; charset=utf-8`;
  socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
  // HTTP keeps its half of a connection open for as long as the peer likes; this peer must not.
  const linger = setTimeout(() => socket.destroy(), LIMITS.closeTimeoutMs);
  socket.once('close', () => clearTimeout(linger));
}

function refusalOf(error: FastifyError): Refusal {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new Refusal('TOO_LARGE', `a body has at most ${LIMITS.restBodyBytes} bytes`);
  }
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new Refusal('TYPE_UNKNOWN');
  const isTheirs = error.validation !== undefined || (error.statusCode !== undefined && error.statusCode < 500);
  return isTheirs ? new Refusal('MALFORMED', error.message) : new Refusal('SERVER_FAULT');
}

/** Cut to a length that a sentence can bear. */
export function pathOf(request: { readonly url?: string | undefined }): string {
  return request.url?.split('?', 1)[0]?.slice(0, 128) ?? '';
}
