// Commands about channels, what they are answered with, and what a channel has to tell.

/** Channels stand without `#`. */
export type ChannelCommand =
  | { type: 'join'; channel: string }
  | { type: 'part'; channel: string }
  | { type: 'channels' }
  | { type: 'channel'; channel: string; text: string }
  /** `to`: a name, a key, or a fingerprint or its beginning; `user:x` can only be a name. */
  | { type: 'private'; to: string; text: string };

/**
 * Somebody on channels. `from`: what they call themselves; anybody may, so two can have one name. `user`: who it is,
 * as a record proves that we have pinned; null where nothing does. `isNamesake`: they call themselves as somebody we
 * know does, or as we do, and are not. `fingerprint`: six words for the key.
 */
export interface ChannelSpeaker {
  readonly from: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly user: string | null;
  readonly isNamesake: boolean;
}

/** `here`: on our server, as far as it lists them; `count`: all on our server; `elsewhere`: on others. */
export interface ChannelSummary {
  readonly channel: string;
  /** False while we want to be in and are not. */
  readonly joined: boolean;
  readonly here: readonly ChannelSpeaker[];
  readonly count: number;
  readonly elsewhere: number;
}

/** `data` of a result, by command. */
export interface ChannelAnswers {
  join: ChannelSummary;
  part: { channel: string };
  channels: { connection: 'asleep' | 'connecting' | 'open' | 'away' | 'refused'; channels: ChannelSummary[] };
  /** Said, and on its way to all who are there. */
  channel: { channel: string; id: string; at: string };
  /** The other has heard it. `to`: what they call themselves. */
  private: { to: string; key: string; id: string; state: 'delivered' };
}

export type ChannelEvent =
  | ({ event: 'channel'; id: string; channel: string; text: string } & ChannelSpeaker)
  | ({ event: 'private'; id: string; text: string } & ChannelSpeaker);
