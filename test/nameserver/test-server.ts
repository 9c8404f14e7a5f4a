// A name server over real sockets and a real directory, for tests, and clients of its sessions.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { parseJson } from '../../protocols/kit/bytes.js';
import { serverFrameShape, type ClientFrame, type ServerFrame } from '../../protocols/session/messages.js';
import type { ServerProof } from '../../protocols/kit/server-proof/messages.js';
import { readConfig, type NameServerConfig } from '../../nameserver/config.js';
import type { Flags } from '../../runtime/process/flag-reader.js';
import { startNameServer, type RunningNameServer, type ServerDependencies } from '../../nameserver/server.js';
import type { Person } from './person.js';
import { claimOf, offerIn, sessionPath } from './session-offer.js';

const NOTHING = (): void => undefined;
const SILENT = { debug: NOTHING, info: NOTHING, warn: NOTHING, error: NOTHING };

/** A directory that is deleted after the test. */
export function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'kith-nameserver-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function configOf(data: string, flags: Flags = {}): NameServerConfig {
  const config = readConfig({ host: '127.0.0.1', port: '0', data, ...flags }, {});
  if ('problems' in config) throw new Error(config.problems.join('\n'));
  return config;
}

/** Runs a server until the test ends or it is stopped. */
export async function runServer(
  t: TestContext,
  flags: Flags = {},
  data = temporaryDirectory(t),
  deadlines: Pick<ServerDependencies, 'deadlines'> = {},
): Promise<RunningNameServer> {
  const onFault = (error: unknown): never => {
    throw error;
  };
  const server = await startNameServer(configOf(data, flags), { log: SILENT, onFault, onIdle: NOTHING, ...deadlines });
  t.after(() => server.stop());
  return server;
}

/** The metrics of a server that was started with a port for them. */
export async function metricsOf({ metricsPort }: RunningNameServer): Promise<string> {
  return (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
}

/** The client side of one session. Frames are taken in order of arrival. */
export class SessionClient {
  private readonly frames: ServerFrame[] = [];
  private isOver = false;
  private wakeUp = NOTHING;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const frame = parseJson(data.toString());
      if (serverFrameShape.accepts(frame)) this.frames.push(frame);
      this.wakeUp();
    });
    socket.on('error', NOTHING).on('close', () => {
      this.isOver = true;
      this.wakeUp();
    });
  }

  static to(server: Pick<RunningNameServer, 'port'>): SessionClient {
    return SessionClient.at(server.port);
  }

  static at(port: number): SessionClient {
    const place = `127.0.0.1:${port}`;
    return new SessionClient(new WebSocket(`ws://${place}${sessionPath(`http://${place}`)}`));
  }

  /** Opens a session up to `welcome`. */
  static async of(server: Pick<RunningNameServer, 'port'>, person: Person, boot: number): Promise<SessionClient> {
    const client = SessionClient.to(server);
    const offer = await client.greet();
    client.send({ type: 'session', proof: person.proof({ ...claimOf(offer), boot }) });
    const welcome = await client.next();
    if (welcome?.type !== 'welcome') throw new Error(`instead of a welcome: ${JSON.stringify(welcome)}`);
    return client;
  }

  /** What the server has signed in its first frame. */
  async greet(): Promise<ServerProof> {
    return offerIn(await this.next());
  }

  send(frame: ClientFrame): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The next frame, or null after the end of the session. */
  async next(): Promise<ServerFrame | null> {
    while (this.frames.length === 0 && !this.isOver) {
      await new Promise<void>((resolve) => {
        this.wakeUp = resolve;
      });
    }
    return this.frames.shift() ?? null;
  }
}
