// A hostile server that a participant visits tries to enter the channels of another server as that participant.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChannelServerFrame } from '../../protocols/channels/client-protocol.js';
import { signObject } from '../../protocols/kit/signed.js';
import type { HelloFrame } from '../../protocols/kit/server-proof/messages.js';
import { makeSigningKey, primitives } from '../../runtime/crypto.js';
import { ORIGIN as HONEST } from '../nameserver/session-offer.js';
import { ClientTestbed } from '../protocols/channels/client/client-testbed.js';
import { RelayTestbed } from '../protocols/channels/relay/relay-testbed.js';

const SERVER_KEY = makeSigningKey();
const OWN_KEY = makeSigningKey();

type Attack = (hello: HelloFrame) => { toServer: HelloFrame } | { toClient: object };

const ATTACKS: Readonly<Record<string, Attack>> = {
  relays: (hello) => ({ toServer: hello }),
  'rewrites the origin': (hello) => ({ toServer: { ...hello, origin: HONEST } }),
  'repeats the key of the server': ({ nonce, origin }) => {
    const server = SERVER_KEY.publicKey;
    const offer = { server, origin, nonce, challenge: server, exporter: null };
    return { toClient: { type: 'challenge', server, proof: signObject('channel_offer', offer, OWN_KEY, primitives) } };
  },
};

for (const [name, attack] of Object.entries(ATTACKS)) {
  test(`[CHAN-1] [VISIT-8] a server that ${name} gets no entry of its visitor`, () => {
    const honest = new RelayTestbed({ primitives, key: SERVER_KEY });
    const visitor = new ClientTestbed({ origin: 'https://hostile.example' });
    visitor.input({ type: 'connect' });
    visitor.open();
    const [hello] = visitor.sentOf('hello');
    assert.ok(hello);
    const outcome = attack(hello);
    const connection = honest.open();
    if ('toServer' in outcome) honest.frame(connection, outcome.toServer);
    const answers: (ChannelServerFrame | object)[] =
      'toServer' in outcome ? honest.told(connection) : [outcome.toClient];
    visitor.receive(...answers);
    assert.deepEqual(visitor.sentOf('enter'), []);
    assert.notEqual(visitor.machine.connectionState, 'open');
  });
}

test('[CHAN-1] an offer for a session is not one for channels', () => {
  const visitor = new ClientTestbed();
  visitor.input({ type: 'connect' });
  visitor.open();
  const { proof, server } = visitor.challenge();
  const { signature } = signObject('session_offer', JSON.parse(proof.payload) as object, SERVER_KEY, primitives);
  visitor.receive({ type: 'challenge', server, proof: { ...proof, signature } });
  assert.deepEqual(visitor.sentOf('enter'), []);
});
