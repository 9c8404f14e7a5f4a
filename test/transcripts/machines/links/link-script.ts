// Two friends under the commands of a transcript: what their clients do to open a link, to keep one of two, and to
// deliver without one. Their engines are real; the name server and the network are those of the engine tests.

import type { Effect } from '../../../../client/engine/core/io.js';
import type { Client } from '../../../client/engine/harness/test-client.js';
import { Testbed } from '../../../client/engine/harness/testbed.js';

export class LinkScript {
  private readonly testbed = new Testbed();
  private readonly clients: ReadonlyMap<string, Client>;
  private lines: string[] = [];

  constructor() {
    const [alice, bob] = this.testbed.friends();
    this.clients = new Map([
      ['alice', alice],
      ['bob', bob],
    ]);
    this.testbed.passes = (client, effect) => {
      const line = effectLine(effect);
      if (line !== null) this.lines.push(`${client.name} ${line}`);
      return true;
    };
  }

  /**
   * `<name> says <text>`, `<name> connects`: commands of a user. `cut`: every link breaks. `dials fail`, `dials work`:
   * the network from here on. `pass <seconds>`: time passes. `both connect`: both dial before either dial arrives.
   */
  run(command: string): readonly string[] {
    this.lines = [];
    this.perform(command);
    this.testbed.settle();
    return this.lines;
  }

  private perform(command: string): void {
    const [first = '', verb = '', ...rest] = command.split(' ');
    const client = this.clients.get(first);
    if (command === 'cut') return this.testbed.network.cut(this.named('alice'));
    if (command === 'dials fail' || command === 'dials work') return this.setDials(verb === 'work');
    if (first === 'pass') return this.testbed.pass(Number(verb) * 1_000);
    if (command === 'both connect') return ['alice', 'bob'].forEach((name) => this.connect(this.named(name)));
    if (client && verb === 'connects') return this.connect(client);
    if (client && verb === 'says')
      return void client.command({ type: 'say', user: peerOf(client), text: rest.join(' ') });
    throw new Error(`unknown command: ${command}`);
  }

  private setDials(work: boolean): void {
    this.testbed.network.takesDials = work;
  }

  private connect(client: Client): void {
    client.command({ type: 'connect', user: peerOf(client) });
  }

  private named(name: string): Client {
    const client = this.clients.get(name);
    if (!client) throw new Error(`there is no ${name}`);
    return client;
  }
}

function peerOf(client: Client): string {
  return client.name === 'alice' ? 'bob' : 'alice';
}

/** Null for effects that do not concern links. */
function effectLine(effect: Effect): string | null {
  switch (effect.type) {
    case 'seal':
      return `seals a letter: ${letterKind(effect.plain)}`;
    case 'dial':
      return `dials ${effect.endpoints.map(({ host, port }) => `${host}:${port}`).join(', ')}`;
    case 'link_send':
      return `sends ${frameType(effect.frame)} on link ${effect.link}`;
    case 'link_widen':
      return `admits the peer of link ${effect.link}`;
    case 'link_close':
      return `closes link ${effect.link}`;
    case 'event':
      return effect.event.event === 'state' ? `shows the message as ${effect.event.state}` : null;
    default:
      return null;
  }
}

function letterKind(plain: string): string {
  const { payload } = JSON.parse(plain) as { payload: string };
  return (JSON.parse(payload) as { kind: string }).kind;
}

function frameType(frame: object): string {
  return 'type' in frame ? String(frame.type) : Object.keys(frame).join('+');
}
