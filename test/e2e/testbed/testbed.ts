// A name server and clients in a temporary directory. All processes and files are removed after the test, passed or
// failed.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Signed } from '../../../protocols/kit/signed.js';
import { openIdentity } from '../../../runtime/disk/identity-file.js';
import { listeningClient, type Caller, type ListeningClient } from '../../fuzz/wire/friend-link.js';
import { JsonClient } from './json-client.js';
import { NameServerProcess } from './name-server.js';

export interface TestbedOptions {
  readonly serverFlags?: readonly string[];
}

export class Testbed {
  private readonly clients = new Set<JsonClient>();

  private constructor(
    readonly directory: string,
    readonly server: NameServerProcess,
  ) {}

  /** The caller must close it. */
  static async open({ serverFlags = [] }: TestbedOptions = {}): Promise<Testbed> {
    const directory = mkdtempSync(join(tmpdir(), 'kith-e2e-'));
    const testbed = new Testbed(directory, new NameServerProcess(join(directory, 'nameserver'), serverFlags));
    try {
      await testbed.server.listens();
      return testbed;
    } catch (trouble) {
      await testbed.close();
      throw trouble;
    }
  }

  /** Closed automatically after the test. */
  static async during(test: TestContext, options: TestbedOptions = {}): Promise<Testbed> {
    const testbed = await Testbed.open(options);
    test.after(() => testbed.close());
    return testbed;
  }

  /** A client of that user, ready but not online. Clients of the same user share their data directory. */
  async client(user: string, flags: readonly string[] = []): Promise<JsonClient> {
    const client = new JsonClient({ server: this.server.address, user, data: this.dataOf(user), flags });
    this.clients.add(client);
    await client.ready;
    return client;
  }

  /** A client of that user that is online. */
  async online(user: string, flags: readonly string[] = []): Promise<JsonClient> {
    const client = await this.client(user, flags);
    await client.does('online');
    return client;
  }

  /** Online clients of several users, in the same order. */
  onlineAll<const Users extends readonly string[]>(
    users: Users,
    flags: readonly string[] = [],
  ): Promise<{ [Nth in keyof Users]: JsonClient }> {
    return Promise.all(users.map((user) => this.online(user, flags))) as Promise<{ [Nth in keyof Users]: JsonClient }>;
  }

  /** Two online clients whose users are friends. */
  async friends(one: string, other: string): Promise<[JsonClient, JsonClient]> {
    const pair = await Promise.all([this.online(one), this.online(other)]);
    await befriend(...pair);
    return pair;
  }

  /** The record of a user, as the name server shows it to everyone. */
  async recordOf(user: string): Promise<Signed> {
    const { body } = await this.server.get(`/v1/users/${user}`);
    return (body as { record: Signed }).record;
  }

  /** A user with its own keys, as its client or a thief has them. */
  async caller(name: string): Promise<Caller> {
    return { name, device: openIdentity(this.dataOf(name)).device, record: await this.recordOf(name) };
  }

  /** Where a client takes knocks. */
  async listenerOf({ user, ready }: JsonClient): Promise<ListeningClient> {
    return listeningClient(await this.recordOf(user), (await ready).tcp);
  }

  dataOf(user: string): string {
    return join(this.directory, user);
  }

  /** Kills all processes and removes the directory. */
  async close(): Promise<void> {
    await Promise.all([this.server, ...this.clients].map((program) => program.kill()));
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Makes two online users friends. */
export async function befriend(one: JsonClient, other: JsonClient): Promise<void> {
  await one.does(`add ${other.user}`);
  await other.hears('friend_request', { from: one.user });
  await other.does(`accept ${one.user}`);
  await Promise.all([one.hears('friend_added', { user: other.user }), other.hears('friend_added', { user: one.user })]);
}
