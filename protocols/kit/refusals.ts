// The closed list of "no": an expected refusal is one of these values, worded once for REST, terminal, JSON and web.

/** `status`: HTTP. `text`: for a person; `{about}` is what the refusal is about, filled in by `refusalText`. */
interface Entry {
  readonly status: number;
  readonly text: string;
}

const TABLE = {
  // Names and records.
  MALFORMED: { status: 400, text: 'That is not a well-formed request: {about}.' },
  NAME_INVALID: {
    status: 400,
    text: '"{about}" cannot be a name. Use 2 to 32 of a-z, 0-9, _ and -, starting with a letter or digit; words of the system are kept back.',
  },
  SIGNATURE_INVALID: { status: 403, text: 'The signature does not match. Only the owner of the key may do this.' },
  NAME_TAKEN: { status: 409, text: 'The name {about} belongs to another key. Choose another name with --user.' },
  RECORD_STALE: {
    status: 409,
    text: 'The name server has a newer record of {about}. If you restored an old backup, go online to renew it.',
  },
  INVITE_NEEDED: { status: 403, text: 'This name server asks for an invite code. Start with --invite-code CODE.' },
  USER_UNKNOWN: { status: 404, text: 'There is no user called {about}.' },

  // The name server as a whole.
  NOT_FOUND: { status: 404, text: 'There is nothing at {about}. See /docs for what there is.' },
  METHOD_UNKNOWN: { status: 405, text: 'That cannot be done here: {about}. See /docs for what can.' },
  TYPE_UNKNOWN: { status: 415, text: 'A body is JSON: send it with Content-Type: application/json.' },
  TOO_LARGE: { status: 413, text: 'That is too large: {about}.' },
  TOO_MANY: { status: 429, text: 'Too many requests. Wait {about} and try again.' },
  SERVER_BUSY: { status: 503, text: 'The name server is overloaded. Try again in a few seconds.' },
  SERVER_FAULT: { status: 500, text: 'The name server could not do that. Its log says why.' },
  UNLISTED: { status: 403, text: 'This name server does not list who is online.' },

  // Session and letters.
  SESSION_REFUSED: {
    status: 403,
    text: 'The name server did not accept the proof for {about}. Is the clock right, and is the name yours?',
  },
  RESTORED: {
    status: 409,
    text: 'An old copy of the data of {about} is running. A new device is needed before going online.',
  },
  RENEWED: {
    status: 409,
    text: 'An old copy of the data of {about} was running, so this device has new keys now. Friends are told; what is missing comes back from them.',
  },
  REPLACED: {
    status: 409,
    text: 'Another client of {about} went online with the same device, so this one went offline.',
  },
  RECIPIENT_UNKNOWN: { status: 404, text: 'There is nobody called {about} to leave a letter for.' },
  RECIPIENT_AWAY: { status: 404, text: '{about} is not online now, and this is worth nothing later.' },
  MAILBOX_FULL: {
    status: 507,
    text: 'No more letters can be held for {about} until they come online. It stays queued.',
  },
  STRANGER_QUOTA: { status: 429, text: '{about} has not answered yet; no more can be left until they do.' },
  LETTERS_TOO_FAST: { status: 429, text: 'Too many letters in a minute. It stays queued and is sent later.' },

  // The client.
  SERVER_AWAY: {
    status: 503,
    text: 'The name server {about} does not answer. Trying on in the background; check the address and that it runs.',
  },
  SERVER_CHANGED: {
    status: 409,
    text: 'The name server {about} has another key than before. If you expect that, go online with: online --accept-server',
  },
  NOT_ONLINE: { status: 409, text: 'You are offline. Type: online' },
  NOT_FRIENDS: { status: 403, text: 'You and {about} are not friends. Type: add {about}' },
  ALREADY_FRIENDS: { status: 409, text: 'You and {about} are friends already.' },
  SELF: { status: 400, text: 'That is you.' },
  NO_REQUEST: { status: 404, text: 'Nothing from {about} waits for your answer. Type: requests' },
  NOT_BLOCKED: { status: 409, text: '{about} is not blocked.' },
  BLOCKED: { status: 409, text: 'You have blocked {about}. Type: unblock {about}' },
  KEY_CHANGED: {
    status: 409,
    text: 'The key of {about} has changed, so nothing is sent. Compare numbers by another way, then: verify {about} --confirm',
  },
  TEXT_TOO_LONG: { status: 413, text: 'That text is too long: {about}.' },
  TEXT_EMPTY: { status: 400, text: 'There is no text to send.' },
  QUICK_TOO_LONG: { status: 413, text: 'A quick message has at most 900 bytes. Use: say {about} <text>' },
  UNREACHABLE: {
    status: 504,
    text: 'Not confirmed: {about} did not answer. A quick message is never queued; use say for that.',
  },
  MESSAGE_UNKNOWN: { status: 404, text: 'No message has the id {about}. Type: history or outbox' },
  NOT_WAITING: { status: 409, text: 'The message {about} is not waiting any more.' },
  AMBIGUOUS: {
    status: 409,
    text: '{about} can mean more than one thing. Write which: user:…, group:…, or on channels a fingerprint.',
  },
  LIST_FULL: { status: 507, text: 'There is no room for more {about}.' },
  COMMAND_UNKNOWN: { status: 404, text: 'There is no command {about}' },
  USAGE: { status: 400, text: 'Use it like this: {about}' },
  DISK_TROUBLE: { status: 507, text: '{about} The client ends; what was not confirmed was not sent.' },
  TIMEOUT: { status: 504, text: 'Nothing like that came in time: {about}.' },
  WAIT_STOPPED: { status: 409, text: 'The wait was stopped before anything like that came: {about}.' },
  FILE_EXISTS: { status: 409, text: '{about} is there already, and nothing is overwritten. Choose another name.' },
  FILE_TROUBLE: { status: 507, text: 'That did not work. {about}' },
  POST_UNKNOWN: { status: 404, text: 'There is no post {about}. Type: feed or post list' },
  POST_TOO_LARGE: { status: 413, text: '{about} has more than 4 GiB, and a post has no more. Split the file.' },
  POST_NO_FILE: { status: 400, text: '{about} is no file that could be posted. Choose a file.' },
  POST_WAITING: {
    status: 504,
    text: 'Nothing comes now: {about} The download goes on by itself as soon as it can; cancel ends it.',
  },
  POST_FALSE: {
    status: 409,
    text: 'What {about} sent is not what the author signed, so nothing of it was kept. Ask the author to post it again.',
  },
  POST_GONE: { status: 404, text: '{about} does not have the file any more. Ask for it to be posted again.' },
  POST_REMOVED: { status: 410, text: '{about} has removed the post.' },
  POST_CANCELLED: { status: 409, text: 'The download of {about} was cancelled; nothing of it was kept.' },
  POST_UNDER_WAY: {
    status: 409,
    text: 'The post {about} is on its way already, to another place. Let it finish, or: cancel {about}',
  },
  POST_DAMAGED: {
    status: 410,
    text: 'The file of your post "{about}" is gone or was changed, so friends cannot get it. Remove the post, and upload it again.',
  },
  PASSPHRASE_NEEDED: {
    status: 400,
    text: 'A passphrase is needed. A terminal asks for it; a script sets KITH_PASSPHRASE.',
  },
  PASSPHRASE_SHORT: {
    status: 400,
    text: 'That passphrase is too short to protect anything. Use 8 letters or more; several words are better.',
  },
  PASSPHRASES_DIFFER: { status: 400, text: 'The two were not the same. Try again.' },
  PASSPHRASE_WRONG: { status: 403, text: 'That passphrase does not open {about}.' },
  BACKUP_UNKNOWN: { status: 400, text: '{about} is no backup, or one of a newer version of Kith.' },
  BACKUP_DAMAGED: {
    status: 400,
    text: '{about} is damaged or cut short, so nothing of it was used. Take another copy.',
  },
  BACKUP_OF_ANOTHER: {
    status: 409,
    text: 'That is a backup of {about}. Start the client with --user {about} to restore it.',
  },

  // Rooms: after `-ERR `.
  ROOM_UNKNOWN: { status: 404, text: 'There is no such room. Send: /join <n>, where n is 1 to {about}' },
  ROOM_ALREADY_IN: { status: 409, text: 'You are already in room #{about}' },
  ROOM_NOT_IN: { status: 409, text: 'You are not in a chat room. Send: /join <n>' },
  ROOM_COMMAND_UNKNOWN: {
    status: 404,
    text: 'There is no command {about}. There are /join /part /nick /quit /who /rooms /order',
  },
  ROOM_NICK_INVALID: { status: 400, text: 'A nick has 1 to {about} bytes, without < and >. Send: /nick <name>' },
  ROOM_LINE_MALFORMED: { status: 400, text: 'That is not one line of UTF-8 text. Send one line in each datagram' },
  ROOM_LINE_TOO_LONG: { status: 413, text: 'A line has at most {about} bytes. Send it in parts' },
  ROOM_BUSY: {
    status: 503,
    text: 'busy, nothing more is taken until others have caught up. Send it again in a moment',
  },
  ROOM_NO_QUORUM: {
    status: 503,
    text: 'no quorum, this server cannot reach most of the others. Send it again later, or to another server',
  },
  ROOM_CLIENTS_FULL: { status: 507, text: 'This server has {about} clients already. Use another one' },

  // Channels.
  CHANNELS_OFF: { status: 404, text: 'The server {about} carries no channels. Choose another one.' },
  CHANNEL_NOT_IN: { status: 409, text: 'You are not in the channel {about}. Join it first: join {about}' },
  CHANNEL_INVALID: {
    status: 400,
    text: '"{about}" cannot be a channel. Use 2 to 32 of a-z, 0-9, _ and -, starting with a letter or digit.',
  },
  CHANNELS_TOO_MANY: { status: 507, text: 'That is one channel too many: {about}. Part from another one first.' },
  CHANNEL_TOO_FAST: { status: 429, text: 'Too fast. Wait {about} and say it again.' },
  CHANNEL_NAME_TAKEN: {
    status: 409,
    text: 'On this server the name {about} belongs to somebody else. Choose another one.',
  },
  ENTRY_REFUSED: {
    status: 403,
    text: 'The server did not accept the proof for {about}. Try again; if it goes on, make a new key.',
  },
  CLOCK_WRONG: { status: 409, text: 'The clock here and that of the server differ by {about}. Set the clock right.' },
  CHANNEL_AWAY: {
    status: 503,
    text: 'Not connected to the channels of {about}. It is tried again; say it again then.',
  },
  CHANNEL_UNCONFIRMED: {
    status: 504,
    text: 'It left, and nobody confirmed it: others may have heard it or not. Ask before you say it again.',
  },
  CHANNEL_UNTIMELY: {
    status: 409,
    text: 'Something said in a channel bears a time {about} from now, and is not shown. See whether the clock here is right.',
  },
  CHANNEL_MISSED: {
    status: 410,
    text: 'You were away from {about}. What was said there meanwhile is kept by nobody.',
  },
  CHANNEL_FORGERY: {
    status: 409,
    text: 'The server brought what nobody said on channels like that, and it is not shown: {about}.',
  },
  VISITOR_UNKNOWN: {
    status: 404,
    text: 'Nobody called {about} was seen in a channel yet. Type: channels, or use the fingerprint.',
  },
  WHISPER_UNCONFIRMED: {
    status: 504,
    text: 'Not confirmed: {about} did not answer. What is said in private on channels is never kept for later.',
  },
  PEER_UNKNOWN: { status: 404, text: 'There is no peer {about}. See: nameserver peers' },
  PEER_SELF: { status: 400, text: 'That is this server itself.' },
  PEER_KEY_CHANGED: {
    status: 409,
    text: 'The server at {about} has another key than before. If you expect that: disconnect it, then connect it again.',
  },
  PEERS_FULL: { status: 507, text: 'There is no room for more peers than {about}. Disconnect one first.' },

  // Groups.
  GROUP_UNKNOWN: { status: 404, text: 'There is no group called {about}. Type: groups' },
  GROUP_TAKEN: { status: 409, text: 'There is a group called {about} already. Choose another name.' },
  GROUP_STALE: { status: 409, text: 'That does not continue what is known of the group {about}.' },
  GROUP_REFUSES: { status: 409, text: 'The group does not allow that: {about}.' },
  GROUP_CLOSED: {
    status: 403,
    text: 'The group {about} takes nobody who asks. A member can ask its leader to invite you.',
  },
  GROUP_FULL: { status: 507, text: 'The group {about} is full: 256 members.' },
  GROUP_FROZEN: {
    status: 409,
    text: 'The leader of {about} was proved to lie, so members are voting. Type: members {about}',
  },
  GROUP_UNSETTLED: {
    status: 409,
    text: 'Too few members of {about} have confirmed what was decided so far. Try again when more of them are online.',
  },
  NOT_LEADER: { status: 403, text: 'Only the leader may do that in {about}.' },
  NOT_MEMBER: { status: 403, text: 'You are not a member of {about}. Type: join_group {about}' },
  NOT_IN_GROUP: { status: 404, text: '{about} is not a member of the group. Type: members <group>' },
  MEMBER_ALREADY: { status: 409, text: '{about} is a member already.' },
  LEADER_LEAVES: {
    status: 409,
    text: 'You lead {about}. Hand it over first: transfer {about} <user>. Or let the members vote: leave_group {about} --vote',
  },
  GROUP_SAID: { status: 409, text: 'What was said to a group cannot be taken back: {about}.' },
  NO_EVIDENCE: { status: 404, text: 'There is no evidence against anybody in {about}.' },
} as const satisfies Record<string, Entry>;

export type RefusalCode = keyof typeof TABLE;

export const REFUSAL_CODES = Object.keys(TABLE) as RefusalCode[];

/** An expected no. A value, never thrown. `about`: who or what it is about, where the sentence names it. */
export class Refusal {
  constructor(
    readonly code: RefusalCode,
    readonly about: string = '',
  ) {}

  /** A refusal that came over the wire; a code we do not know becomes `SERVER_FAULT`. */
  static from(code: string, about: string): Refusal {
    return isRefusalCode(code) ? new Refusal(code, about) : new Refusal('SERVER_FAULT', code);
  }
}

/** A value, or the reason why there is none. */
export type Outcome<T> = T | Refusal;

/** HTTP status of a refusal. */
export function refusalStatus(code: RefusalCode): number {
  return TABLE[code].status;
}

/** The sentence for a person: what is wrong and what to do about it. */
export function refusalText(refusal: Refusal): string {
  return TABLE[refusal.code].text.replaceAll('{about}', () => refusal.about);
}

/** True iff a text from outside is one of our codes. */
export function isRefusalCode(text: string): text is RefusalCode {
  return Object.hasOwn(TABLE, text);
}
