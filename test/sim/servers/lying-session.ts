// One session between a client and a server that lies. The client is a real engine, and so is the server behind.

import { parseJson } from '../../../protocols/kit/bytes.js';
import { signObject } from '../../../protocols/kit/signed.js';
import type { ServerProof } from '../../../protocols/kit/server-proof/messages.js';
import type { SessionHello } from '../../../protocols/session/hello.js';
import type { ClientFrame, ServerFrame } from '../../../protocols/session/messages.js';
import { sealedLetterId } from '../../../protocols/letters/unopened-notice.js';
import { fakeKey, fakePrimitives } from '../kernel/fake-primitives.js';
import type { SimulatedConnection, ConnectionEnd } from '../network/simulated-connection.js';
import type { ServerEndpoint } from '../network/simulated-network.js';
import type { Liar, Role } from './liar.js';

/**
 * What the liar does with the handshake. `pass`: nothing. `repeat`: states the key of the home server without its
 * signature. `relay`: passes all frames on to the home server. `rewrite`: does so, and names the home server in the
 * hello. `resign`: does so, and signs the challenge of the home server with its own key.
 */
type Attack = 'pass' | 'repeat' | 'relay' | 'rewrite' | 'resign';

/** Attacks by role. Without TLS, nothing shows a relay at the address of the home server (SPEC, "Handshake"). */
const ATTACKS: Record<Role, { readonly tls: readonly Attack[]; readonly plain: readonly Attack[] }> = {
  home: { tls: ['pass'], plain: ['pass'] },
  visited: {
    tls: ['pass', 'pass', 'pass', 'repeat', 'relay', 'rewrite', 'resign'],
    plain: ['pass', 'pass', 'pass', 'repeat', 'relay', 'rewrite', 'resign'],
  },
  impostor: { tls: ['repeat', 'relay', 'relay', 'resign'], plain: ['repeat', 'resign'] },
};

const REFUSALS = ['RESTORED', 'REPLACED', 'SESSION_REFUSED', 'SERVER_BUSY', 'SERVER_CHANGED', 'MALFORMED'] as const;
const REJECTIONS = ['RECIPIENT_UNKNOWN', 'USER_UNKNOWN', 'MAILBOX_FULL', 'STRANGER_QUOTA', 'LETTERS_TOO_FAST'] as const;

/** The key pair of the liar's server. */
export const LIAR_KEY = 'the server of the liar';
/** The address from which the liar dials the home server. */
export const LIAR_ADDRESS = '198.51.100.66';

interface Opening {
  readonly node: string;
  readonly role: Role;
  readonly client: string;
  readonly address: string;
  readonly exporter: string | null;
  readonly hello: SessionHello;
}

interface Half {
  readonly connection: SimulatedConnection;
  readonly end: ConnectionEnd;
}

export class LyingSession {
  readonly end: ConnectionEnd;
  private readonly attack: Attack;
  private client: Half | null = null;
  private server: Half | null = null;
  private isOpen = false;

  constructor(
    private readonly liar: Liar,
    private readonly opening: Opening,
  ) {
    const { node, role, exporter } = opening;
    this.attack = liar.random.pick(ATTACKS[role][exporter === null ? 'plain' : 'tls']);
    this.end = {
      node,
      frame: (text) => this.fromClient(parseJson(text) as ClientFrame),
      closed: () => this.close(),
    };
    if (this.attack !== 'pass') this.run.tally.add('relayed sessions');
  }

  opened(connection: SimulatedConnection): void {
    this.client = { connection, end: this.end };
    const behind = this.behind();
    if (behind) return this.connect(behind);
    const { homeKey } = this.liar.options;
    if (this.attack === 'repeat') this.offer(homeKey, homeKey);
    else this.close();
  }

  private get run() {
    return this.liar.options.network.run;
  }

  private behind(): ServerEndpoint | null {
    const { home, own } = this.liar.options;
    if (this.attack === 'repeat') return null;
    return this.opening.role === 'visited' && this.attack === 'pass' ? own() : home();
  }

  private connect(server: ServerEndpoint): void {
    const { network } = this.liar.options;
    const { node, address, exporter, hello } = this.opening;
    const far =
      this.attack === 'pass'
        ? server.accept({ address, exporter, hello })
        : server.accept({ address: LIAR_ADDRESS, exporter: network.freshExporter(), hello: this.helloBehind() });
    const end: ConnectionEnd = {
      node,
      frame: (text) => this.fromServer(parseJson(text) as ServerFrame),
      closed: () => this.close(),
    };
    const connection = network.connections.connect(end, far.end);
    this.server = { connection, end };
    far.opened(connection);
  }

  private fromClient(frame: ClientFrame): void {
    const { random, options } = this.liar;
    switch (frame.type) {
      case 'session':
        return this.takeProof(frame);
      case 'letter':
        return this.takeLetter(frame);
      case 'key_wanted':
        return this.giveKey(frame);
      case 'offer_key':
        this.liar.sawLetterKey(this.opening.client, frame.key);
        return this.pass(frame);
      case 'done':
        return random.chance(options.lies.letters) ? undefined : this.pass(frame);
      default:
        return this.pass(frame);
    }
  }

  private helloBehind(): SessionHello {
    const { hello } = this.opening;
    const isForHome = this.attack === 'rewrite' || this.attack === 'resign';
    return isForHome ? { ...hello, origin: this.liar.options.homeOrigin } : hello;
  }

  /** An offer that states this key, signed by the liar. */
  private offer(server: string, challenge: string): void {
    const { exporter, hello } = this.opening;
    const { nonce, origin } = hello;
    const offer: ServerProof = { server, origin, nonce, challenge, exporter };
    const proof = signObject('session_offer', offer, fakeKey(LIAR_KEY), fakePrimitives);
    this.answer({ type: 'challenge', server, proof });
  }

  private takeProof(frame: Extract<ClientFrame, { type: 'session' }>): void {
    const { random, options } = this.liar;
    if (this.attack === 'repeat') {
      return this.run.fail(`[SESS-22] ${this.opening.client} proves its device to a server that proved nothing`);
    }
    const { client } = this.opening;
    const proof = random.chance(0.7) ? this.liar.oldProof(client) : null;
    this.liar.sawProof(client, frame.proof);
    if (this.attack !== 'pass' || !random.chance(options.lies.restored)) return this.pass(frame);
    this.run.tally.add('false RESTORED');
    this.answer({ type: 'refused', code: 'RESTORED', about: client, ...(proof ? { proof } : {}) });
    this.close();
  }

  private giveKey(frame: Extract<ClientFrame, { type: 'key_wanted' }>): void {
    const persona = this.liar.persona(frame.to);
    if (!persona.has(frame.device)) return this.pass(frame);
    this.answer({ type: 'key', id: frame.id, key: persona.letterKey });
  }

  private takeLetter(frame: Extract<ClientFrame, { type: 'letter' }>): void {
    const { liar } = this;
    const { random, options } = liar;
    const persona = liar.persona(frame.to);
    if (persona.has(frame.device)) {
      this.answer({ type: 'accepted', id: frame.id, how: 'held' });
      const plain = persona.answerTo(frame.body, liar.now);
      if (plain === null) return;
      this.run.tally.add('answers of the liar');
      return this.deliver(liar.deliver(this.opening.client, persona, plain));
    }
    if (random.chance(options.lies.rejections)) {
      return this.answer({ type: 'rejected', id: frame.id, code: random.pick(REJECTIONS), about: frame.to });
    }
    if (random.chance(options.lies.notices)) this.later(() => this.sayUnopened(frame));
    if (random.chance(options.lies.withholding)) this.later(() => this.pass(frame));
    else this.pass(frame);
  }

  /** A notice that the device of the reader has not signed. */
  private sayUnopened({ to, body }: Extract<ClientFrame, { type: 'letter' }>): void {
    this.run.tally.add('forged notices');
    const notice = this.liar.persona(to).unopened(sealedLetterId(body, fakePrimitives));
    this.answer({ type: 'unopened', id: this.liar.freshId(), from: to, notice });
  }

  private fromServer(frame: ServerFrame): void {
    if (frame.type === 'challenge' && this.attack === 'resign') {
      const { challenge } = parseJson(frame.proof.payload) as ServerProof;
      return this.offer(fakeKey(LIAR_KEY).publicKey, challenge);
    }
    this.isOpen ||= frame.type === 'welcome';
    this.forward(frame);
    if (this.isOpen) this.lie();
  }

  /** Passes a frame to the client: unchanged, late, changed or not at all. */
  private forward(frame: ServerFrame): void {
    const { random, options } = this.liar;
    const { withholding, presence, senders } = options.lies;
    if (frame.type === 'deliver') this.liar.sawLetter(this.opening.client, frame);
    if (frame.type === 'deliver' && random.chance(senders))
      return this.answer({ ...frame, from: random.pick([...this.liar.allNames(), frame.from]) });
    if (frame.type === 'presence' && random.chance(presence)) return this.answer({ ...frame, online: !frame.online });
    const mayBeLate = frame.type === 'deliver' || frame.type === 'presence' || frame.type === 'accepted';
    if (!mayBeLate || !random.chance(withholding)) return this.answer(frame);
    this.run.tally.add('withheld frames');
    if (random.chance(0.7)) this.later(() => this.answer(frame));
  }

  /** Sends what no real server would send. */
  private lie(): void {
    const { liar } = this;
    const { letters, refusals } = liar.options.lies;
    if (liar.random.chance(letters)) {
      const isOld = liar.random.chance(0.6);
      this.run.tally.add(isOld ? 'replayed letters' : 'forged letters');
      this.deliver(isOld ? liar.oldLetter(this.opening.client) : liar.forgedLetter(this.opening.client));
    }
    if (liar.random.chance(refusals)) this.refuse(liar.random.pick(REFUSALS));
  }

  private deliver(letter: ServerFrame | null): void {
    if (letter) this.answer(letter);
  }

  private refuse(code: string): void {
    this.answer({ type: 'refused', code, about: this.opening.client });
    this.close();
  }

  private later(action: () => void): void {
    const { random, options } = this.liar;
    this.run.timeline.after(random.between(0, options.lies.withheldMsMax), action);
  }

  private answer(frame: ServerFrame): void {
    this.client?.connection.send(this.client.end, JSON.stringify(frame));
  }

  private pass(frame: ClientFrame): void {
    this.server?.connection.send(this.server.end, JSON.stringify(frame));
  }

  private close(): void {
    for (const half of [this.client, this.server]) half?.connection.close(half.end);
    this.client = null;
    this.server = null;
  }
}
