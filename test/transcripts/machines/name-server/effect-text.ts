// Writes effects of the name server's core as sentences, for transcripts. Letters are called L1, L2, … in the order of
// their first delivery.

import type { ServerEffect } from '../../../../nameserver/io.js';
import type { UserLookup } from '../../../../nameserver/registry.js';
import { fromBase64url, textOf } from '../../../../protocols/kit/bytes.js';
import { Refusal, type Outcome } from '../../../../protocols/kit/refusals.js';
import type { ServerFrame } from '../../../../protocols/session/messages.js';

export class EffectText {
  private readonly letters = new Map<string, string>();

  of(effect: ServerEffect): string {
    switch (effect.type) {
      case 'send':
        return `to s${effect.session}: ${this.frame(effect.frame)}`;
      case 'close':
        return `closes s${effect.session}`;
      case 'register_result':
        return `registration: ${outcomeText(effect.outcome, ({ change }) => change)}`;
      case 'publish_result':
        return `publication: ${outcomeText(effect.outcome, ({ name }) => name)}`;
      case 'user_changed':
        return `look-ups of ${effect.name} have changed`;
    }
  }

  /** The id of a letter by the name that it has in the transcript. */
  idOf(name: string): string {
    const [id] = [...this.letters].find(([, known]) => known === name) ?? [];
    if (id === undefined) throw new Error(`no letter ${name} was delivered`);
    return id;
  }

  lookUp(user: Outcome<UserLookup>, startTime: number): string {
    return outcomeText(user, ({ name, online, lastSeen }) => {
      const seen = lastSeen === null ? 'never seen' : `last seen ${(lastSeen - startTime) / 1_000} s after the start`;
      return `${name} is ${online ? 'online' : `offline, ${seen}`}`;
    });
  }

  private frame(frame: ServerFrame): string {
    switch (frame.type) {
      case 'welcome':
        return `welcome, your address is ${frame.address}`;
      case 'refused':
        return `refused, ${frame.code}`;
      case 'presence':
        return `${frame.name} is ${frame.online ? 'online' : 'offline'}`;
      case 'accepted':
        return `letter accepted, ${frame.how}`;
      case 'rejected':
        return `letter rejected, ${frame.code}`;
      case 'deliver':
        return `letter ${this.nameOf(frame.id)} from ${frame.from}: ${bodyText(frame.body)}`;
      case 'unopened':
        return `notice ${this.nameOf(frame.id)}: a letter to ${frame.from} did not open`;
      case 'key_offered':
        return `letter key ${frame.number} is offered, with ${frame.oneTimeKeys} one-time keys`;
      case 'key':
        return frame.oneTime ? 'a letter key and a one-time key' : 'a letter key';
      case 'no_key':
        return `no letter key, ${frame.code}`;
      case 'challenge':
      case 'ping':
        return frame.type;
    }
  }

  private nameOf(id: string): string {
    const name = this.letters.get(id) ?? `L${this.letters.size + 1}`;
    this.letters.set(id, name);
    return name;
  }
}

function bodyText(body: string): string {
  const bytes = fromBase64url(body);
  return (bytes && textOf(bytes)) ?? 'not a text';
}

function outcomeText<T>(outcome: Outcome<T>, text: (value: T) => string): string {
  return outcome instanceof Refusal ? `refused, ${outcome.code}` : text(outcome);
}
