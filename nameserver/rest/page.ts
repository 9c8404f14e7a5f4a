// Serves the page for browsers at `/` if channels accept WebSockets. Files are kept in memory, under a content security
// policy that allows these files only.

import { extname } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { StaticFile } from '../../runtime/disk/static-files.js';

const INDEX = 'index.html';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

/** `connect-src 'self'` also allows the WebSocket of the same origin (CSP 3). */
const POLICY = [
  "default-src 'none'",
  ...["script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ...["require-trusted-types-for 'script'", "trusted-types 'none'"],
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), browsing-topics=()',
  vary: 'accept-encoding',
};

/** Browsers revalidate the document each time. All other files have content hashes in their names. */
const CACHE = { document: 'no-cache', rest: 'public, max-age=31536000, immutable' };

/** For a year, this host only: other hosts of the domain may have no HTTPS. */
export const HSTS = { maxAge: 365 * 24 * 60 * 60, includeSubDomains: false };

/** A file of an unknown type gets no route, so a request for it is `NOT_FOUND`. */
export function addPageRoutes(app: FastifyInstance, files: readonly StaticFile[], sendsHsts: boolean): void {
  const hsts = sendsHsts ? { 'strict-transport-security': `max-age=${HSTS.maxAge}` } : {};
  for (const file of files) {
    const type = TYPES[extname(file.path)];
    if (type === undefined) continue;
    const isDocument = file.path === INDEX;
    const headers = {
      ...HEADERS,
      ...hsts,
      'content-type': type,
      'cache-control': isDocument ? CACHE.document : CACHE.rest,
    };
    app.get(isDocument ? '/' : `/${file.path}`, { schema: { hide: true } }, (request, reply) => {
      void answer(file, request, reply.headers(headers));
    });
  }
}

function answer(
  { bytes, gzipped: packed, etag: tag }: StaticFile,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const isCompressed = packed !== null && acceptsGzip(request.headers['accept-encoding']);
  const etag = `"${tag}${isCompressed ? '-gzip' : ''}"`;
  reply.header('etag', etag);
  if (isAmong(etag, request.headers['if-none-match'])) return reply.code(304).send();
  return isCompressed ? reply.header('content-encoding', 'gzip').send(packed) : reply.send(bytes);
}

/** RFC 9110, 12.5.3: true iff gzip is listed with a weight above 0. Otherwise the client gets the plain file. */
function acceptsGzip(accepted: unknown): boolean {
  const codings = typeof accepted === 'string' ? accepted.split(',') : [];
  return codings.some((coding) => {
    const [name = '', weight = 'q=1'] = coding.split(';').map((part) => part.trim().toLowerCase());
    return name === 'gzip' && Number(weight.replace(/^q=/, '')) > 0;
  });
}

/** RFC 9110, 13.1.2: weak comparison. */
function isAmong(etag: string, known: string | undefined): boolean {
  return (known ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
