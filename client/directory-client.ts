// Asks the REST interface of the name server (docs/contract.md), over kept connections. Never throws: without an answer
// the result is `away`.

import { Agent, request } from 'undici';
import { Type, type Static } from '../protocols/kit/packages/typebox.js';
import { parseJson } from '../protocols/kit/bytes.js';
import { LIMITS } from '../protocols/kit/limits.js';
import { Refusal } from '../protocols/kit/refusals.js';
import { compileShape, KeyText, NameText } from '../protocols/kit/shapes.js';
import { Signed } from '../protocols/kit/signed.js';
import { invitationProof } from '../protocols/directory/invitation.js';
import { primitives } from '../runtime/crypto.js';
import { deriveInvitationKey } from '../runtime/invitation-key.js';
import { explainError } from '../runtime/operational-error.js';
import { groupAnswer } from './group-answers.js';
import type { Question, QuestionAnswer } from './engine/core/io.js';

/** Answers may get new fields, so these shapes accept unknown ones. Only the known ones are used. */
const User = Type.Object({
  name: NameText,
  online: Type.Boolean(),
  lastSeen: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
  record: Signed,
});
const usersShape = compileShape(Type.Object({ users: Type.Array(User, { maxItems: LIMITS.restNamesMax }) }));
const onlineShape = compileShape(
  Type.Object({
    users: Type.Array(NameText, { maxItems: LIMITS.restPageMax }),
    next: Type.Union([NameText, Type.Null()]),
  }),
);
const doorsShape = compileShape(
  Type.Object({
    doors: Type.Object({
      ws: Type.Boolean(),
      tcp: Type.Union([Type.Integer({ minimum: 1, maximum: 65_535 }), Type.Null()]),
    }),
  }),
);

/** Where to connect for channels: a TCP port, or null for WebSocket. `none`: this server has no channels. */
export type ChannelEndpoint =
  { state: 'open'; tcp: number | null } | { state: 'none' } | { state: 'away'; reason: string };

const refusalShape = compileShape(Type.Object({ code: Type.String({ maxLength: 64 }), message: Type.String() }));

const keyShape = compileShape(KeyText);

interface Reply {
  readonly status: number;
  /** The key that a server states when it requires an invitation code. */
  readonly serverKey: unknown;
  readonly body: unknown;
}

export class DirectoryClient {
  private readonly agent = new Agent({
    connect: { timeout: LIMITS.serverAnswerMs },
    headersTimeout: LIMITS.serverAnswerMs,
    bodyTimeout: LIMITS.serverAnswerMs,
    connections: 4,
  });

  /** `server`: origin of the name server. `inviteCode`: for a server that requires one. */
  constructor(
    private readonly server: string,
    private readonly inviteCode: string | null,
  ) {}

  async ask(question: Question): Promise<QuestionAnswer> {
    try {
      return this.understand(question, await this.send(question));
    } catch (error) {
      return { type: 'away', reason: explainError(error, this.server) };
    }
  }

  async channelEndpoint(): Promise<ChannelEndpoint> {
    try {
      const { status, body } = await this.get('/v1/channels');
      if (status >= 500 || status === 429) return { state: 'away', reason: `the server answered ${status}` };
      if (status !== 200 || !doorsShape.accepts(body)) return { state: 'none' };
      const { ws, tcp } = body.doors;
      return !ws && tcp === null ? { state: 'none' } : { state: 'open', tcp: ws ? null : tcp };
    } catch (error) {
      return { state: 'away', reason: explainError(error, this.server) };
    }
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private send(question: Question): Promise<Reply> {
    switch (question.type) {
      case 'register':
        return this.register(question);
      case 'users':
        return this.get(`/v1/users?names=${question.names.map(encodeURIComponent).join(',')}`);
      case 'online':
        return this.get(`/v1/users?online=true&limit=${LIMITS.restPageMax}${afterText(question.after)}`);
      case 'groups':
        return this.get(`/v1/groups?limit=${LIMITS.groupsPerPage}${afterText(question.after)}`);
      case 'group':
        return this.get(`/v1/groups/${encodeURIComponent(question.name)}`);
      case 'publish':
        return this.put(`/v1/groups/${encodeURIComponent(question.name)}`, question.publication);
    }
  }

  private understand(question: Question, { status, body }: Reply): QuestionAnswer {
    if (status >= 500) return { type: 'away', reason: `the name server answered ${status}` };
    if (status >= 400) return { type: 'refused', refusal: refusalOf(body, question) };
    if (question.type === 'register') return { type: 'registered', isNew: status === 201 };
    if (question.type === 'users' && usersShape.accepts(body)) return { type: 'users', users: body.users.map(listed) };
    if (question.type === 'online' && onlineShape.accepts(body)) {
      return { type: 'online', names: body.users, next: body.next };
    }
    const { type: ask } = question;
    const answer = ask === 'group' || ask === 'groups' || ask === 'publish' ? groupAnswer(ask, body) : null;
    return answer ?? { type: 'away', reason: 'the name server answered something else' };
  }

  /**
   * Shows the server the proof of the invitation code only if it requires one, and only for the key that we know of it
   * [DIR-24].
   */
  private async register({ name, record, server }: Extract<Question, { type: 'register' }>): Promise<Reply> {
    const path = `/v1/users/${encodeURIComponent(name)}`;
    const reply = await this.put(path, record);
    const { inviteCode } = this;
    const key = server ?? reply.serverKey;
    if (inviteCode === null || reply.serverKey === undefined || !keyShape.accepts(key)) return reply;
    const invitationKey = await deriveInvitationKey(inviteCode, key);
    return this.put(path, record, { 'x-invite-proof': invitationProof(invitationKey, record, primitives) });
  }

  private put(path: string, value: object, more: Readonly<Record<string, string>> = {}): Promise<Reply> {
    const headers = { 'content-type': 'application/json', ...more };
    return this.exchange(path, { method: 'PUT', headers, body: JSON.stringify(value) });
  }

  private get(path: string): Promise<Reply> {
    return this.exchange(path, { method: 'GET' });
  }

  private async exchange(path: string, options: Parameters<typeof request>[1] & object): Promise<Reply> {
    const { statusCode, headers, body } = await request(`${this.server}${path}`, {
      ...options,
      dispatcher: this.agent,
    });
    let text = '';
    for await (const chunk of body) {
      text += String(chunk);
      if (text.length > LIMITS.restAnswerBytes) throw new Error('the name server answered too much');
    }
    return { status: statusCode, serverKey: headers['x-server-key'], body: parseJson(text) };
  }
}

function afterText(after: string | null): string {
  return after === null ? '' : `&after=${encodeURIComponent(after)}`;
}

/** Only the code is taken from the server. What it is about comes from our question. */
function refusalOf(body: unknown, question: Question): Refusal {
  const code = refusalShape.accepts(body) ? body.code : 'SERVER_FAULT';
  if (code === 'TOO_MANY') return new Refusal(code, 'a minute');
  return Refusal.from(code, 'name' in question ? question.name : '');
}

function listed({ name, online, lastSeen, record }: Static<typeof User>) {
  const seenAt = lastSeen === null ? Number.NaN : Date.parse(lastSeen);
  return { name, online, lastSeen: Number.isNaN(seenAt) ? null : seenAt, record };
}
