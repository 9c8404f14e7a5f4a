// Names and ids that were seen in answers and events, for Tab to offer. The ones seen longest ago are forgotten.

import type { ClientEvent } from '../../../protocols/control/event.js';
import { canonicalChannel, canonicalName } from '../../../protocols/kit/names.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { CommandResult } from '../command-runner.js';

export class KnownWords {
  private readonly userNames = new RecentWords();
  private readonly groupNames = new RecentWords();
  private readonly channelNames = new RecentWords();
  private readonly idWords = new RecentWords();

  get users(): readonly string[] {
    return this.userNames.all;
  }

  get groups(): readonly string[] {
    return this.groupNames.all;
  }

  get channels(): readonly string[] {
    return this.channelNames.all;
  }

  get ids(): readonly string[] {
    return this.idWords.all;
  }

  addEvent(event: ClientEvent): void {
    this.addFields(event);
  }

  addResult(result: CommandResult): void {
    if (result.ok) this.addFields(result.data);
  }

  /** Names and ids stand in fields with known names, in the data itself or in one list below it. */
  private addFields(data: object): void {
    for (const [key, value] of Object.entries(data)) {
      if (Array.isArray(value)) value.forEach((one: unknown) => this.addItem(key, one));
      else this.addField(key, value);
    }
  }

  private addItem(list: string, one: unknown): void {
    if (typeof one === 'object' && one !== null) {
      for (const [key, value] of Object.entries(one)) this.addField(key, value);
    } else if (list === 'users') this.addField('user', one);
  }

  private addField(key: string, value: unknown): void {
    if (typeof value !== 'string') return;
    if (key === 'id' || key === 'post') this.idWords.add(value);
    if (key === 'group' && canonicalName(value) === value) this.groupNames.add(value);
    if (key === 'channel' && canonicalChannel(value) === value) this.channelNames.add(value);
    if ((key === 'user' || key === 'from' || key === 'to') && canonicalName(value) === value) this.userNames.add(value);
  }
}

class RecentWords {
  private readonly seen = new Set<string>();

  get all(): readonly string[] {
    return [...this.seen];
  }

  add(word: string): void {
    this.seen.delete(word);
    this.seen.add(word);
    if (this.seen.size <= LIMITS.completionNamesMax) return;
    const [oldest] = this.seen;
    if (oldest !== undefined) this.seen.delete(oldest);
  }
}
