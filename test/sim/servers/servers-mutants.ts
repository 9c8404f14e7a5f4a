// Faults planted against lying name servers. The simulation must catch each of them.

import type { TransactionalStore } from '../../../client/engine/core/store.js';
import { LetterKeys } from '../../../client/engine/identity/letter-keys.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import type { ServerProof } from '../../../protocols/kit/server-proof/messages.js';
import type { ClientConnection } from '../../../protocols/kit/server-proof/server-proof.js';
import type { ServerFrame } from '../../../protocols/session/messages.js';
import { IncomingMail } from '../../../client/engine/server/incoming-mail.js';
import { UnopenedLetters } from '../../../client/engine/server/unopened/unopened-letters.js';
import { MemoryKeyStore } from '../../../nameserver/store/memory-key-store.js';
import type { Mailbox } from '../../../nameserver/store/registry-store.js';
import { HistoryRecovery } from '../../../client/engine/chat/history-recovery.js';
import { StoreAndForward } from '../../../client/engine/chat/store-and-forward.js';
import { DoubtfulLookUps } from '../../../client/engine/friends/doubtful-look-ups.js';
import { GroupPeers } from '../../../client/engine/groups/group-peers.js';
import type { RunningGroups } from '../../../client/engine/groups/running-groups.js';
import type { People } from '../../../client/engine/identity/people.js';
import { OutgoingMail } from '../../../client/engine/server/outgoing-mail.js';
import { SessionHandshake } from '../../../client/engine/server/handshake/session-handshake.js';
import type { PlantedFaults } from '../hosts/planted-faults.js';
import { withFault, type PlantedMethod } from '../mutants/planted-method.js';
import { ServersWorld } from './servers-world.js';

/** `rules`: only a violation of one of these counts as a catch. */
export interface ServersMutant {
  readonly fault: string;
  /** The seed at which `npm test` begins. Without it, only `npm run sim:mutants` runs the fault. */
  readonly from?: number;
  readonly rules: readonly string[];
  readonly planted?: PlantedFaults;
  readonly method?: PlantedMethod;
}

type Challenge = Extract<ServerFrame, { type: 'challenge' }>;

/** What the planted methods reach into. */
interface Handshake {
  connection: ClientConnection | null;
  trusts(server: string): boolean;
  prove(offer: ServerProof): unknown;
}
interface KeyStore {
  stock(mailbox: Mailbox): readonly unknown[];
}
interface Peers {
  readonly parts: { readonly people: People; readonly running: RunningGroups };
}

export const SERVERS_MUTANTS: readonly ServersMutant[] = [
  {
    fault: "the server's proof is skipped",
    from: 2,
    rules: ['SESS-22'],
    method: answering((self, challenge) => {
      const offer = { ...offerOf(challenge), server: challenge.server };
      return self.trusts(offer.server) ? self.prove(offer) : null;
    }),
  },
  {
    fault: 'the origin is dropped from the proof',
    from: 9,
    rules: ['SESS-2'],
    method: answering((self, challenge) => void adopt(self, { origin: offerOf(challenge).origin })),
  },
  {
    fault: 'the TLS connection is dropped from the proof',
    from: 3,
    rules: ['SESS-2'],
    method: answering((self, challenge) => void adopt(self, { exporter: offerOf(challenge).exporter })),
  },
  {
    fault: 'the key of a user is pinned from a group',
    from: 4,
    rules: ['DIR-9'],
    method: {
      target: GroupPeers,
      method: 'refresh',
      planted: (real) =>
        function (this: Peers) {
          pinMembers(this);
          Reflect.apply(real, this, []);
        },
    },
  },
  {
    fault: 'a letter key is deleted as soon as it is replaced',
    from: 1,
    rules: ['LETTER-9'],
    method: {
      target: LetterKeys,
      method: 'offered',
      planted: (real) =>
        function (this: { context: { store: TransactionalStore } }, number: number) {
          Reflect.apply(real, this, [number]);
          const { store } = this.context;
          for (const { key, replacedAt } of store.letterKeys()) if (replacedAt !== null) store.dropLetterKey(key);
        },
    },
  },
  {
    fault: 'a one-time key stays after the letter that used it',
    from: 1,
    rules: ['LETTER-19'],
    method: { target: LetterKeys, method: 'used', planted: () => () => undefined },
  },
  {
    fault: 'a one-time key is given to two writers',
    from: 1,
    rules: ['SESS-29'],
    method: {
      target: MemoryKeyStore,
      method: 'takeOneTimeKey',
      planted: () =>
        function (this: KeyStore, mailbox: Mailbox): unknown {
          return this.stock(mailbox)[0] ?? null;
        },
    },
  },
  {
    fault: 'a writer is not told that a letter did not open',
    from: 85,
    rules: ['LETTER-24'],
    method: { target: IncomingMail, method: 'notice', planted: () => () => null },
  },
  {
    fault: 'an unsigned notice that a letter did not open is believed',
    from: 7,
    rules: ['LETTER-25'],
    method: { target: UnopenedLetters, method: 'isProven', planted: () => () => true },
  },
  {
    fault: 'RESTORED needs no later proof',
    from: 1,
    rules: ['SESS-24'],
    method: { target: SessionHandshake, method: 'isOwnLater', planted: () => () => true },
  },
  {
    fault: 'recovered lines need no proof',
    from: 1,
    rules: ['CHAT-25'],
    method: { target: HistoryRecovery, method: 'isProven', planted: () => () => true },
  },
  {
    fault: 'a claimed key is never looked up again',
    rules: ['G3'],
    method: { target: DoubtfulLookUps, method: 'lookUp', planted: () => () => undefined },
  },
  {
    fault: 'a letter to a friend whom the server does not know is dropped',
    rules: ['G2', 'G3'],
    method: { target: OutgoingMail, method: 'isKeptForFriend', planted: () => () => false },
  },
  {
    fault: 'held messages stay at the server where they were left',
    rules: ['G2', 'G3'],
    method: { target: StoreAndForward, method: 'cameOnline', planted: () => requeueExpired },
  },
];

/** The seed that catches a fault and is clean without it, or null. */
export function catchServersMutant(
  { rules, planted, method }: ServersMutant,
  from: number,
  seeds: number,
): { seed: number; violation: string } | null {
  for (let seed = from; seed < from + seeds; seed += 1) {
    const run = () => new ServersWorld(seed, { planted: planted ?? {} }).run();
    const { violations } = method ? withFault(method, run) : run();
    const violation = violations.find((each) => rules.some((rule) => each.startsWith(`[${rule}]`)));
    if (violation && new ServersWorld(seed).run().violations.length === 0) return { seed, violation };
  }
  return null;
}

/** `first`: runs before the real method, and its result replaces that of the real one unless it is undefined. */
function answering(first: (self: Handshake, challenge: Challenge) => unknown): PlantedMethod {
  return {
    target: SessionHandshake,
    method: 'answer',
    planted: (real) =>
      function (this: Handshake, challenge: Challenge) {
        return first(this, challenge) ?? (Reflect.apply(real, this, [challenge]) as unknown);
      },
  };
}

function offerOf({ proof }: Challenge): ServerProof {
  return parseJson(proof.payload) as ServerProof;
}

/** The client believes that its connection is what the offer says. */
function adopt(self: Handshake, stated: Partial<ClientConnection>): void {
  if (self.connection) self.connection = { ...self.connection, ...stated };
}

/** Believes the records in the entries of all groups. */
function pinMembers({ parts: { people, running } }: Peers): void {
  const entries = running.all().flatMap(({ member }) => member.log.entriesFrom(0));
  for (const { entry } of entries) {
    if (entry.op.do !== 'add') continue;
    const { user, key, record } = entry.op;
    const person = people.meet(user);
    if (person?.pinned === null) people.put({ ...person, pinned: { key, record } });
  }
}

function requeueExpired(this: { requeueExpired(): void }): void {
  this.requeueExpired();
}
