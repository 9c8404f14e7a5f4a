// Routes of public groups. Each route is a schema, one call, and the status of its refusal.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { Type } from '../../protocols/kit/packages/typebox.js';
import { LogPosition, GroupPolicy } from '../../protocols/groups/entry.js';
import { Publication } from '../../protocols/groups/frames.js';
import type { Listing } from '../../protocols/groups/log/listing.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';
import { exactly, IdText, NameText } from '../../protocols/kit/shapes.js';
import { Signed } from '../../protocols/kit/signed.js';
import type { GroupList, PublicationRequest } from '../groups/group-list.js';
import type { UploadLimit } from './admission/upload-limit.js';
import { clientNetworkOf } from './admission/client-address.js';
import { limitRoute, type LookUpBudget } from './admission/rate-limit-hooks.js';
import { refuse } from './refusal-responses.js';
import { responses, NameParams } from './shapes.js';

const GroupBody = Type.Object({
  group: IdText,
  name: NameText,
  leader: NameText,
  deputies: Type.Array(NameText),
  members: Type.Array(NameText),
  head: LogPosition,
  policy: GroupPolicy,
  entry: Signed,
});
const GroupsBody = Type.Object({ groups: Type.Array(GroupBody), next: Type.Union([NameText, Type.Null()]) });
const GroupsQuery = exactly({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMITS.restPageMax, default: LIMITS.restPageMax })),
  after: Type.Optional(Type.String({ maxLength: 64, description: 'The `next` value of the previous page.' })),
});

type TypedApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export interface GroupRoutes {
  readonly list: Pick<GroupList, 'group' | 'page' | 'costOf'>;
  readonly lookUps: LookUpBudget;
  readonly uploads: UploadLimit;
  readonly publish: (request: PublicationRequest) => Promise<Outcome<Listing>>;
  /** From one network. 0: no limit. */
  readonly requestsPerMinute: number;
}

export function addGroupRoutes(app: FastifyInstance, routes: GroupRoutes): void {
  const typed = app.withTypeProvider<TypeBoxTypeProvider>();
  addLookUps(typed, routes);
  addPublication(typed, routes);
}

function addLookUps(app: TypedApp, { list, lookUps }: GroupRoutes): void {
  const one = {
    summary: 'Look up one public group',
    params: NameParams,
    response: responses({ 200: GroupBody }, 400, 404, 405, 429),
  };
  app.get('/v1/groups/:name', { schema: one }, (request, reply) => {
    const { name } = request.params;
    const listing = lookUps.refusalFor(request, 1 + list.costOf(name)) ?? list.group(name);
    if (listing instanceof Refusal) return void refuse(reply, listing);
    return void reply.send(listing);
  });
  const many = {
    summary: 'List public groups',
    querystring: GroupsQuery,
    response: responses({ 200: GroupsBody }, 400, 405, 429),
  };
  app.get('/v1/groups', { schema: many }, (request, reply) => {
    const limit = request.query.limit ?? LIMITS.groupsPerPage;
    const refusal = lookUps.refusalFor(request, limit);
    if (refusal !== null) return void refuse(reply, refusal);
    const { groups, next, cost } = list.page(request.query.after ?? null, limit);
    const late = lookUps.refusalFor(request, cost);
    return void (late === null ? reply.send({ groups, next }) : refuse(reply, late));
  });
}

function addPublication(app: TypedApp, { publish, requestsPerMinute, uploads }: GroupRoutes): void {
  const schema = {
    summary: 'List a public group, or publish new entries of its log',
    params: NameParams,
    body: Publication,
    response: responses({ 200: GroupBody }, 400, 403, 404, 405, 409, 413, 415, 429, 503, 507),
  };
  const onRequest = [...limitRoute(LIMITS.restRegistrationsPerMinute, requestsPerMinute), uploads.hook];
  app.put('/v1/groups/:name', { schema, onRequest }, async (request, reply) => {
    const { name } = request.params;
    const network = clientNetworkOf(request) ?? '';
    const listing = await publish({ name, publication: request.body, network });
    return listing instanceof Refusal ? refuse(reply, listing) : reply.send(listing);
  });
}
