// Name servers as processes, linked by the commands `nameserver connect` and `nameserver peers`.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { NAME_SERVER } from '../../../start/programs.js';
import { TestClient } from '../../channels/test-client.js';
import { JsonClient } from '../testbed/json-client.js';
import { NameServerProcess } from '../testbed/name-server.js';
import { RunningProgram } from '../testbed/running-program.js';

const KEY = /^This server: ([A-Za-z0-9_-]{43});/;
const LINKED = / linked for /;
const LOOKS_MAX = 100;
const LOOK_MS = 100;

/** The output of a command, and its exit code. */
export interface CommandResult {
  readonly code: number | null;
  readonly lines: readonly string[];
}

/** Flags for `start`: a port for peers, and both transports. */
export const LISTENS = ['--peer-port', '0'];
export const BOTH_TRANSPORTS = ['--doors', 'ws,tcp', '--tcp-port', '0'];

export class ServerProcess {
  private constructor(
    private readonly t: TestContext,
    private readonly data: string,
    private readonly server: NameServerProcess,
  ) {}

  static async start(t: TestContext, ...flags: string[]): Promise<ServerProcess> {
    const data = mkdtempSync(join(tmpdir(), 'kith-testbed-'));
    const server = new NameServerProcess(data, ['--no-discovery', ...flags]);
    t.after(async () => {
      await server.kill();
      rmSync(data, { recursive: true, force: true });
    });
    await server.listens();
    return new ServerProcess(t, data, server);
  }

  /** The address of the page. */
  get page(): string {
    return `http://localhost:${this.server.port}/`;
  }

  get peerPlace(): string {
    return `127.0.0.1:${this.server.peerPort}`;
  }

  get peerPort(): string {
    return String(this.server.peerPort);
  }

  get faults(): readonly string[] {
    return this.server.faults;
  }

  browser(name: string): Promise<TestClient> {
    return TestClient.bySocket(name, this.server.port).enter('lab');
  }

  /** A real `p2p-client`, online and in the channel. */
  async client(user: string): Promise<JsonClient> {
    const client = new JsonClient({ server: this.server.address, user, data: join(this.data, user) });
    this.t.after(() => client.kill());
    await client.ready;
    await client.does('online');
    await client.does('join lab');
    return client;
  }

  lines(name: string): Promise<TestClient> {
    return TestClient.byLines(name, this.server.tcpPort, this.server.port).enter('lab');
  }

  async order(...words: string[]): Promise<CommandResult> {
    const args = [...words, '--data', this.data];
    const program = new RunningProgram({ name: words.join(' '), command: NAME_SERVER, args });
    const { code } = await program.ended;
    return { code, lines: code === 0 ? program.lines : program.stderrLines };
  }

  /** Its key, as `peers` prints it. */
  async key(): Promise<string> {
    const { lines } = await this.order('peers');
    return KEY.exec(lines[0] ?? '')?.[1] ?? assert.fail(`no key in ${lines[0]}`);
  }

  /** Waits until it lists this many links. */
  async isLinkedWith(count: number): Promise<void> {
    await this.peers(`${count} links`, (lines) => lines.filter((line) => LINKED.test(line)).length === count);
  }

  /** Waits until its list of peers meets a condition. */
  async peers(what: string, isSo: (lines: readonly string[]) => boolean): Promise<void> {
    let last: readonly string[] = [];
    for (let look = 0; look < LOOKS_MAX; look += 1) {
      last = (await this.order('peers')).lines;
      if (isSo(last)) return;
      await pause(LOOK_MS);
    }
    assert.fail(`it did not come to ${what}: ${last.join(' | ')}`);
  }

  kill(): Promise<unknown> {
    return this.server.kill();
  }

  revive(): Promise<void> {
    return this.server.restart();
  }
}
