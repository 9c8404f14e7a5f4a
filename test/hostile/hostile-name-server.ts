// A hostile name server that stands between a client and an honest one. It passes HTTP requests on, so registrations
// succeed, and tampers with sessions.

import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { parseJson } from '../../protocols/kit/bytes.js';
import { signObject } from '../../protocols/kit/signed.js';
import { makeSigningKey, primitives } from '../../runtime/crypto.js';

/**
 * `repeat`: states the key of the honest server, with a signature of its own. `relay`: passes all frames on. `rewrite`:
 * passes all frames on, and names the honest server in the hello.
 */
export type Attack = 'repeat' | 'relay' | 'rewrite';

interface Honest {
  readonly port: number;
  readonly key: string;
}

export class HostileNameServer {
  /** What the client has sent: `hello`, and the types of its frames. */
  readonly received: string[] = [];
  private readonly http: Server;
  private readonly ownKey = makeSigningKey();

  private constructor(
    private readonly honest: Honest,
    private readonly attack: Attack,
  ) {
    this.http = createServer((incoming, outgoing) => {
      const { method, url, headers } = incoming;
      const passed = request({ host: '127.0.0.1', port: honest.port, method, path: url, headers: this.named(headers) });
      passed.on('response', (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      passed.on('error', () => outgoing.destroy());
      incoming.pipe(passed);
    });
    new WebSocketServer({ server: this.http }).on('connection', (client, { url = '' }) => this.session(client, url));
  }

  static async start(t: TestContext, honest: Honest, attack: Attack): Promise<HostileNameServer> {
    const hostile = new HostileNameServer(honest, attack);
    hostile.http.listen(0, '127.0.0.1');
    await once(hostile.http, 'listening');
    t.after(() => {
      hostile.http.closeAllConnections();
      hostile.http.close();
    });
    return hostile;
  }

  get address(): string {
    return `127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  private session(client: WebSocket, url: string): void {
    const { pathname, searchParams: hello } = new URL(url, 'http://hostile.test');
    if (hello.has('nonce')) this.received.push('hello');
    if (this.attack === 'repeat') return this.repeat(client, hello);
    if (this.attack === 'rewrite') hello.set('origin', `http://127.0.0.1:${this.honest.port}`);
    const server = new WebSocket(`ws://127.0.0.1:${this.honest.port}${pathname}?${hello.toString()}`);
    const waiting: string[] = [];
    server.on('open', () => waiting.splice(0).forEach((text) => server.send(text)));
    server.on('message', (data: Buffer) => client.send(data.toString()));
    for (const [one, other] of [[client, server] as const, [server, client] as const])
      one.on('close', () => other.close()).on('error', () => other.terminate());
    client.on('message', (data: Buffer) => {
      const text = data.toString();
      this.note(text);
      if (server.readyState === WebSocket.OPEN) server.send(text);
      else waiting.push(text);
    });
  }

  private repeat(client: WebSocket, hello: URLSearchParams): void {
    const { key } = this.honest;
    const [origin, nonce] = [hello.get('origin'), hello.get('nonce')];
    const offer = { server: key, origin, nonce, challenge: key, exporter: null };
    const proof = signObject('session_offer', offer, this.ownKey, primitives);
    client.on('message', (data: Buffer) => this.note(data.toString()));
    client.send(JSON.stringify({ type: 'challenge', server: key, proof }));
  }

  private note(text: string): void {
    this.received.push((parseJson(text) as { type: string }).type);
  }

  private named(headers: NodeJS.Dict<string | string[]>): NodeJS.Dict<string | string[]> {
    return { ...headers, host: `127.0.0.1:${this.honest.port}` };
  }
}
