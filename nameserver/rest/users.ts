// Routes of users. Each route is a schema, one call, and the status of its refusal.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest, RawServerDefault } from 'fastify';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { VerifiedRecord } from '../../protocols/directory/record-verification.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';
import { Signed } from '../../protocols/kit/signed.js';
import type { PresenceTracker } from '../../protocols/presence/presence-tracker.js';
import type { RegistrationRequest } from '../registry.js';
import type { UserCache } from './user-cache.js';
import type { UploadLimit } from './admission/upload-limit.js';
import { clientNetworkOf } from './admission/client-address.js';
import { limitRoute, type LookUpBudget } from './admission/rate-limit-hooks.js';
import { refuse } from './refusal-responses.js';
import * as shapes from './shapes.js';

const REGISTRATION_REFUSED = [400, 403, 404, 405, 409, 413, 415, 429, 503, 507];
const ONE_QUESTION = 'add either ?names=a,b or ?online=true';
const JSON_TYPE = 'application/json; charset=utf-8';

type TypedApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export interface UserRoutes {
  readonly cache: UserCache;
  readonly presence: Pick<PresenceTracker, 'page'>;
  readonly register: (request: RegistrationRequest) => Promise<Outcome<VerifiedRecord>>;
  readonly isListed: boolean;
  readonly lookUps: LookUpBudget;
  readonly uploads: UploadLimit;
  /** The public key of this server, for clients that have to prove that they know the invitation code [DIR-24]. */
  readonly serverKey: string;
  /** From one network. 0: no limit, for registrations too. */
  readonly requestsPerMinute: number;
}

export function addUserRoutes(app: FastifyInstance, routes: UserRoutes): void {
  const typed = app.withTypeProvider<TypeBoxTypeProvider>();
  addLookUp(typed, routes);
  addLookUps(typed, routes);
  addRegistration(typed, routes);
}

function addLookUp(app: TypedApp, { cache, lookUps }: UserRoutes): void {
  const schema = {
    summary: 'Look up one user',
    params: shapes.NameParams,
    response: shapes.responses({ 200: shapes.UserBody }, 400, 404, 405, 429),
  };
  app.get('/v1/users/:name', { schema }, (request, reply) => {
    sendText(reply, lookUps.refusalFor(request, 1) ?? cache.user(request.params.name));
  });
}

function addLookUps(app: TypedApp, routes: UserRoutes): void {
  const schema = {
    summary: 'Look up several users, or list online users',
    querystring: shapes.UsersQuery,
    response: shapes.responses({ 200: shapes.UsersBody }, 400, 403, 405, 429),
  };
  app.get('/v1/users', { schema }, (request, reply) => {
    sendText(reply, lookUpRefusal(request, request.query, routes) ?? usersText(request.query, routes));
  });
}

function addRegistration(app: TypedApp, { register, requestsPerMinute, uploads, serverKey }: UserRoutes): void {
  const schema = {
    summary: 'Register a name, renew its record, or unregister it',
    params: shapes.NameParams,
    headers: shapes.InviteHeaders,
    body: Signed,
    response: shapes.responses({ 200: shapes.RegisteredBody, 201: shapes.RegisteredBody }, ...REGISTRATION_REFUSED),
  };
  const onRequest = [...limitRoute(LIMITS.restRegistrationsPerMinute, requestsPerMinute), uploads.hook];
  const bodyLimit = LIMITS.restRecordBodyBytes;
  app.put('/v1/users/:name', { schema, onRequest, bodyLimit }, async (request, reply) => {
    const invite = request.headers['x-invite-proof'] ?? null;
    const { name } = request.params;
    const network = clientNetworkOf(request) ?? '';
    const judged = await register({ name, record: request.body, invite, network });
    if (judged instanceof Refusal && judged.code === 'INVITE_NEEDED') reply.header('x-server-key', serverKey);
    return sendJudged(reply, judged);
  });
}

interface UsersQuery {
  readonly names?: string;
  readonly online?: 'true';
  readonly limit?: number;
  readonly after?: string;
}

/** Each name of the answer counts. */
function lookUpRefusal(request: FastifyRequest, query: UsersQuery, { lookUps }: UserRoutes): Refusal | null {
  const names = query.names?.split(',', LIMITS.restNamesMax).length ?? query.limit ?? LIMITS.restPageMax;
  return lookUps.refusalFor(request, names);
}

function usersText(query: UsersQuery, { cache, presence, isListed }: UserRoutes): Outcome<string> {
  if (query.names !== undefined && query.online !== undefined) return new Refusal('MALFORMED', ONE_QUESTION);
  if (query.names !== undefined) return manyText(query.names.split(',').filter(Boolean), cache);
  if (query.online === undefined) return new Refusal('MALFORMED', ONE_QUESTION);
  if (!isListed) return new Refusal('UNLISTED');
  const limit = query.limit ?? LIMITS.restPageMax;
  const page = presence.page(query.after ?? null, limit + 1);
  const users = page.slice(0, limit);
  return JSON.stringify({ users, next: page.length > limit ? users.at(-1) : null });
}

function manyText(names: readonly string[], cache: UserCache): Outcome<string> {
  if (names.length <= LIMITS.restNamesMax) return cache.users(names);
  return new Refusal('MALFORMED', `at most ${LIMITS.restNamesMax} names per request`);
}

function sendText(reply: FastifyReply, text: Outcome<string>): FastifyReply {
  return text instanceof Refusal ? refuse(reply, text) : reply.type(JSON_TYPE).send(text);
}

function sendJudged(reply: FastifyReply, judged: Outcome<VerifiedRecord>): FastifyReply {
  if (judged instanceof Refusal) return refuse(reply, judged);
  const { name, version } = judged.record;
  const text = JSON.stringify({ name, version });
  return reply
    .code(judged.change === 'new' ? 201 : 200)
    .type(JSON_TYPE)
    .send(text);
}
