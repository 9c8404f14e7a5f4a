// The names of all durable settings of a client, in one table: each names one row of the store and never changes.

/** Functions give one name for each server, group or user. Values are text; who writes them says what they mean. */
export const SETTINGS = {
  /** Our own signed record, as JSON. */
  record: 'record',
  /** The device key that the name server lists for us, as far as we know. */
  registeredDevice: 'registered device',
  /** The origin of the name server with which the last session opened. */
  lastServer: 'server of the last session',
  /** The devices before this one, a JSON list. */
  replacedDevices: 'replaced devices',
  /** The device that the user wants to replace; empty once that is done. */
  newDeviceWanted: 'new device wanted',
  /** `true` from the restoring of a backup until a new device took over. */
  restored: 'restored',
  /** `true` until friends were told of our new device; absent where the device was never renewed. */
  unannounced: 'unannounced',
  /** When reports renewed our device, the last `keyRotationsPerTime` of them, as JSON. */
  renewedByReports: 'renewed by reports',
  /** Friends whose part of the history is still to be recovered, a JSON list. */
  recoverFrom: 'refill from',
  /** When replaced letter keys were last counted as older by a day, ms. */
  letterKeysCountedAt: 'letter keys counted at',
  /** The channels that the device before this one was in, as JSON. */
  channelsBefore: 'channels of the device before',
  /** The device whose catalogue of posts friends have followed. */
  postsDevice: 'posts device',
  /** Ids of copied files that no post names, a JSON list. */
  unnamedPosts: 'posts unnamed',
  /** Invitations and join requests of groups, as JSON. */
  groupRequests: 'groups',
  /** The first entry of a public group whose name is being claimed, as JSON; empty once that is over. */
  groupDraft: (name: string): string => `group draft ${name}`,
  /** The public key a name server showed at the first use of its address. */
  serverKey: (server: string): string => `server key of ${server}`,
  /** What friends made us store since their day began, as JSON. */
  storedToday: 'stored today',
  /** How far a user has acknowledged a device of ours, with the user's proof, as JSON. */
  heardBy: (user: string): string => `heard by ${user}`,
  /** The device of a user from which we have got back what we lost. */
  recoveredFrom: (user: string): string => `recovered from ${user}`,
  /** The lost messages of a user for which our device was renewed last, as JSON. */
  renewedFor: (user: string): string => `renewed for messages of ${user}`,
  /** `sent` once a friend request to a user went to a one-time key, `repeated` once it also went to the letter key. */
  firstLetterTo: (user: string): string => `first letter to ${user}`,
  /** Letters to a user that the name server accepted and that may not open, a JSON list; empty without any. */
  unconfirmedLettersTo: (user: string): string => `unconfirmed letters to ${user}`,
  /** The newest letter key of a user that we have seen, as JSON. */
  letterKeyOf: (user: string): string => `letter key of ${user}`,
} as const;
