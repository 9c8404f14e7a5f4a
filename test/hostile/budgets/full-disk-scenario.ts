// Run on a small disk of its own: fills it to the last byte, and says what a name server on it still does.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Person } from '../../nameserver/person.js';
import { configOf, SessionClient } from '../../nameserver/test-server.js';
import { Ballast } from '../../../runtime/disk/space/ballast.js';
import { startNameServer, type RunningNameServer } from '../../../nameserver/server.js';

const NOTHING = (): void => undefined;
const [disk = ''] = process.argv.slice(2);
const data = join(disk, 'data');
const [alice, bob] = [new Person('alice'), new Person('bob')];
const steps: string[] = [];

function start(): Promise<RunningNameServer> {
  const log = { debug: NOTHING, info: NOTHING, warn: NOTHING, error: NOTHING };
  const onFault = (error: unknown): void => void steps.push(`fault: ${String(error)}`);
  return startNameServer(configOf(data, { diskReserve: String(4 * 1_024 * 1_024) }), { log, onFault, onIdle: NOTHING });
}

async function register(server: RunningNameServer, person: Person, record: object): Promise<number> {
  const { statusCode } = await server.app.inject({ method: 'PUT', url: `/v1/users/${person.name}`, payload: record });
  return statusCode;
}

/** Writes files until not one byte fits. */
function fillDisk(): void {
  for (let bytes = 1_024 * 1_024, nth = 0; bytes >= 1;) {
    const path = join(disk, `fill${(nth += 1)}`);
    try {
      writeFileSync(path, new Uint8Array(bytes));
    } catch {
      rmSync(path);
      bytes = Math.floor(bytes / 2);
    }
  }
}

function letterTo(person: Person, nth: number) {
  const id = 'A'.repeat(21) + 'AQgw'.charAt(nth);
  return { type: 'letter', id, to: person.name, device: person.device, fleeting: false, body: 'eA' } as const;
}

async function answerTo(client: SessionClient, nth: number): Promise<string> {
  client.send(letterTo(bob, nth));
  for (;;) {
    const frame = await client.next();
    if (frame?.type === 'accepted') return frame.how;
    if (frame?.type === 'rejected') return frame.code;
    if (frame === null) return 'the session ended';
  }
}

const before = await start();
for (const person of [alice, bob]) await register(before, person, person.record());
const first = await SessionClient.of(before, alice, 1);
steps.push(`with room: ${await answerTo(first, 1)}`);
new Ballast(data).make();
await before.stop();

fillDisk();
const server = await start();
steps.push('it starts');
steps.push(`new name: ${await register(server, new Person('carol'), new Person('carol').record())}`);
steps.push(`look-up: ${(await server.app.inject('/v1/users/alice')).statusCode}`);
const sender = await SessionClient.of(server, alice, 2);
steps.push(`letter: ${await answerTo(sender, 2)}`);
const reader = await SessionClient.of(server, bob, 1);
const delivered = await reader.next();
steps.push(`delivery: ${String(delivered?.type)}`);
if (delivered?.type === 'deliver') reader.send({ type: 'done', id: delivered.id });
steps.push(`unregistering: ${await register(server, bob, bob.tombstone(2))}`);
await server.stop();

for (let nth = 1; nth < 200; nth += 1) rmSync(join(disk, `fill${nth}`), { force: true });
const after = await start();
steps.push(`new name after that: ${await register(after, bob, bob.record({ version: 3 }))}`);
await after.stop();
process.stdout.write(JSON.stringify(steps));
process.exit(0);
