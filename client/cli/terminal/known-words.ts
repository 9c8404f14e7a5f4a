// Words that Tab may offer because they were seen: names of people, ids of messages. The oldest are forgotten.

import type { ClientEvent } from '../../../protocols/control/event.js';
import { canonicalChannel, canonicalName } from '../../../protocols/kit/names.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { CommandResult } from '../command-runner.js';

export class KnownWords {
  private readonly names = new Recent();
  private readonly groupNames = new Recent();
  private readonly channelNames = new Recent();
  private readonly messages = new Recent();

  get users(): readonly string[] {
    return this.names.all;
  }

  get groups(): readonly string[] {
    return this.groupNames.all;
  }

  get channels(): readonly string[] {
    return this.channelNames.all;
  }

  get ids(): readonly string[] {
    return this.messages.all;
  }

  happened(event: ClientEvent): void {
    this.look(event);
  }

  replied(reply: CommandResult): void {
    if (reply.ok) this.look(reply.data);
  }

  /** Names and ids stand in fields of these names, in the data itself or one list below it. */
  private look(data: object): void {
    for (const [key, value] of Object.entries(data)) {
      if (Array.isArray(value)) value.forEach((one: unknown) => this.lookInto(key, one));
      else this.field(key, value);
    }
  }

  private lookInto(list: string, one: unknown): void {
    if (typeof one === 'object' && one !== null) {
      for (const [key, value] of Object.entries(one)) this.field(key, value);
    } else if (list === 'users') this.field('user', one);
  }

  private field(key: string, value: unknown): void {
    if (typeof value !== 'string') return;
    if (key === 'id' || key === 'post') this.messages.see(value);
    if (key === 'group' && canonicalName(value) === value) this.groupNames.see(value);
    if (key === 'channel' && canonicalChannel(value) === value) this.channelNames.see(value);
    if ((key === 'user' || key === 'from' || key === 'to') && canonicalName(value) === value) this.names.see(value);
  }
}

class Recent {
  private readonly seen = new Set<string>();

  get all(): readonly string[] {
    return [...this.seen];
  }

  see(word: string): void {
    this.seen.delete(word);
    this.seen.add(word);
    if (this.seen.size <= LIMITS.completionNamesMax) return;
    const [oldest] = this.seen;
    if (oldest !== undefined) this.seen.delete(oldest);
  }
}
