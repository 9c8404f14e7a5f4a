// The table of refusals: the code, the HTTP status and the sentence of each. Codes and statuses never change.
//
// A sentence says what happened, why if that is known, and what to do next.

/** `status`: HTTP. `text`: the sentence; `refusalText` replaces `{about}` by the name or reason in question. */
interface TableEntry {
  readonly status: number;
  readonly text: string;
}

export const REFUSALS = {
  // Names and records.
  MALFORMED: { status: 400, text: 'The request is not valid: {about}. Correct it and send it again.' },
  NAME_INVALID: {
    status: 400,
    text: '"{about}" cannot be a name. Use 2 to 32 of the characters a-z, 0-9, _ and -, starting with a letter or digit. Some names, such as admin and exit, are reserved.',
  },
  SIGNATURE_INVALID: { status: 403, text: 'The signature is not valid. Only the owner of the key may do this.' },
  NAME_TAKEN: { status: 409, text: 'The name {about} belongs to another key. Choose another name with --user.' },
  RECORD_STALE: {
    status: 409,
    text: 'The name server has a newer record of {about}. If you restored an old backup, type: online',
  },
  INVITE_NEEDED: {
    status: 403,
    text: 'This name server requires an invitation code. Ask its operator for one, put it into a file, then start with: --invite-code-file FILE',
  },
  USER_UNKNOWN: { status: 404, text: 'There is no user called {about}. Check the spelling.' },

  // The name server as a whole.
  NOT_FOUND: { status: 404, text: 'There is nothing at {about}. See /docs for the addresses that exist.' },
  METHOD_UNKNOWN: { status: 405, text: 'This method is not available: {about}. See /docs for those that are.' },
  TYPE_UNKNOWN: { status: 415, text: 'The body must be JSON. Send it with Content-Type: application/json.' },
  TOO_LARGE: { status: 413, text: 'Too large: {about}. Send less.' },
  TOO_MANY: { status: 429, text: 'Too many requests. Wait {about} and try again.' },
  ORIGIN_FOREIGN: {
    status: 421,
    text: 'This name server does not answer as {about}. If the address is right, its operator must start it with: --public-origin {about}',
  },
  PAGE_FOREIGN: {
    status: 403,
    text: 'A page of {about} may not use this name server. Open the page of the name server itself.',
  },
  VERSION_DIFFERS: {
    status: 409,
    text: 'The other side speaks {about} of this protocol. Install the same version of Kith at both ends.',
  },
  SERVER_BUSY: { status: 503, text: 'The name server is overloaded. Try again in a few seconds.' },
  SERVER_FULL: {
    status: 507,
    text: 'The name server has no room for {about} now. Try again later, or tell its operator to make room on its disk.',
  },
  SERVER_FAULT: {
    status: 500,
    text: 'The name server failed because of an internal error. Its operator finds the reason in its log.',
  },
  UNLISTED: { status: 403, text: 'This name server does not list who is online. Type: lookup <user>' },

  // Session and letters.
  SESSION_REFUSED: {
    status: 403,
    text: 'The name server did not accept that you are {about}. Check the clock of this computer, and that the name is yours.',
  },
  RESTORED: {
    status: 409,
    text: 'This is an old copy of the data of {about}. It needs a new device before it can go online.',
  },
  RENEWING: { status: 409, text: 'The device of {about} is getting new keys already. Wait until that is done.' },
  IDENTITY_LOCKED: {
    status: 409,
    text: 'The identity key of {about} is locked, and this needs it. Type: identity unlock (or, if you keep it in a file: identity unlock FILE)',
  },
  IDENTITY_UNLOCKED: {
    status: 409,
    text: 'The identity key is not locked. To lock it, type: identity lock',
  },
  IDENTITY_ELSEWHERE: {
    status: 409,
    text: 'The identity key is not on this computer. Type: identity unlock FILE, with the file that you exported it to.',
  },
  IDENTITY_OTHER: { status: 409, text: '{about} has the identity key of another user. Choose the right file.' },
  RENEWED: {
    status: 409,
    text: 'The data of {about} was an old copy, so this device has new keys now. Your friends are told, and missing messages come back from them.',
  },
  REPLACED: {
    status: 409,
    text: 'This client went offline, because another client of {about} went online with the same device. Close one of them.',
  },
  LETTER_KEY_MISSING: {
    status: 404,
    text: 'The name server has no key for letters to {about} yet. What you write is sent when {about} is online.',
  },
  LETTER_UNOPENED: {
    status: 409,
    text: 'What you sent to {about} did not open there, three times: a friend request, or something about a group. Ask {about} to restart their client, and send it again.',
  },
  RECIPIENT_UNKNOWN: {
    status: 404,
    text: 'There is no user called {about}, so no letter can be left. Check the spelling.',
  },
  RECIPIENT_AWAY: {
    status: 404,
    text: '{about} is offline, and this message cannot be queued. Send it again when {about} is online.',
  },
  MAILBOX_FULL: {
    status: 507,
    text: 'The mailbox of {about} is full. The message stays queued until {about} comes online.',
  },
  STRANGER_QUOTA: {
    status: 429,
    text: '{about} has not answered yet, so nothing more can be left for them. Wait for an answer.',
  },
  LETTERS_TOO_FAST: {
    status: 429,
    text: 'Too many letters at once. The message stays queued and is sent later.',
  },

  // The client.
  SERVER_AWAY: {
    status: 503,
    text: 'The name server {about} does not answer. The client keeps trying. Check the address, and that the server runs.',
  },
  SERVER_CHANGED: {
    status: 409,
    text: 'The name server {about} has another key than before. If you expect that, type: online --accept-server',
  },
  SERVER_UNPROVEN: {
    status: 409,
    text: 'The computer at {about} does not prove that it is the name server. Nothing was sent to it. The client keeps trying. Check the address and the network.',
  },
  NOT_ONLINE: { status: 409, text: 'You are offline. Type: online' },
  NOT_FRIENDS: { status: 403, text: 'You and {about} are not friends. Type: add {about}' },
  ALREADY_FRIENDS: { status: 409, text: 'You and {about} are already friends.' },
  SELF: { status: 400, text: 'That is you. Name another user.' },
  NO_REQUEST: { status: 404, text: 'There is no request from {about} to answer. Type: requests' },
  NOT_BLOCKED: { status: 409, text: '{about} is not blocked.' },
  BLOCKED: { status: 409, text: 'You have blocked {about}. Type: unblock {about}' },
  KEY_CHANGED: {
    status: 409,
    text: 'The name server now lists another key for {about}. Direct links with the key that you know go on, but nothing is sent through the name server. To compare the keys, type: verify {about}',
  },
  SAFETY_NUMBER_NEEDED: {
    status: 400,
    text: 'To see the number, type: verify {about}. To confirm the sixty digits that you compared, type: verify {about} --confirm NUMBER',
  },
  SAFETY_NUMBER_DIFFERS: {
    status: 409,
    text: 'Nothing is confirmed. The number that you gave is not the safety number with {about}. Compare again.',
  },
  NO_KEY_CLAIM: {
    status: 409,
    text: 'The name server lists no other key for {about}, so there is nothing to reject.',
  },
  TEXT_TOO_LONG: { status: 413, text: 'The text is too long: {about}. Shorten it or split it.' },
  TEXT_EMPTY: { status: 400, text: 'The message is empty. Type some text.' },
  QUICK_TOO_LONG: { status: 413, text: 'A quick message has at most 900 bytes. Type: say {about} <text>' },
  UNREACHABLE: {
    status: 504,
    text: 'Not confirmed: {about} did not answer. Quick messages are not queued. For a message that is queued, type: say {about} <text>',
  },
  MESSAGE_UNKNOWN: { status: 404, text: 'No message has the id {about}. Type: history <user> or outbox' },
  NOT_WAITING: { status: 409, text: 'Message {about} is no longer queued, so it cannot be cancelled.' },
  AMBIGUOUS: {
    status: 409,
    text: '{about} can mean more than one thing. Write user:NAME or group:NAME, or the fingerprint of a channel participant.',
  },
  LIST_FULL: { status: 507, text: 'The limit is reached: no more {about}. Wait, or remove some first.' },
  COMMAND_UNKNOWN: { status: 404, text: 'There is no command {about}' },
  USAGE: { status: 400, text: 'Use it like this: {about}' },
  DISK_TROUBLE: { status: 507, text: '{about} The client ends now. Messages that were not confirmed were not sent.' },
  DATA_DAMAGED: {
    status: 507,
    text: '{about} To go on with a backup, type: restore FILE (the present files are moved aside). To begin anew under another name, start with another --user.',
  },
  TIMEOUT: { status: 504, text: 'This did not arrive in time: {about}.' },
  WAIT_STOPPED: { status: 409, text: 'The wait was stopped before this arrived: {about}.' },
  FILE_EXISTS: { status: 409, text: '{about} already exists and is not overwritten. Choose another name.' },
  FILE_TROUBLE: { status: 507, text: 'The file could not be read or written. {about}' },
  POST_UNKNOWN: { status: 404, text: 'There is no post {about}. Type: feed or post list' },
  POST_TOO_LARGE: { status: 413, text: '{about} is larger than 4 GiB, the limit for a post. Split the file.' },
  POST_NO_FILE: { status: 400, text: '{about} is not a file. Choose a file.' },
  POST_METHOD_UNKNOWN: { status: 405, text: 'Posts are only read: {about} is not available here. Use GET or HEAD.' },
  POST_SOURCE_CHANGED: {
    status: 409,
    text: '{about} was changed while it was read, so it was not posted. Wait until the program that writes it has finished, and upload it again.',
  },
  TARGET_NO_FILE: {
    status: 409,
    text: '{about} is not a file, so it is not replaced, even with --force. Choose another name.',
  },
  POST_WAITING: {
    status: 504,
    text: 'The download is waiting: {about} It continues by itself as soon as possible. To end it, type: cancel <id>',
  },
  POST_FALSE: {
    status: 409,
    text: 'The data from {about} does not match the signature of the author, so it was discarded. Ask the author to post the file again.',
  },
  POST_GONE: { status: 404, text: '{about} no longer has the file. Ask the author to post it again.' },
  POST_REMOVED: { status: 410, text: '{about} has removed the post.' },
  POST_CANCELLED: { status: 409, text: 'The download of {about} was cancelled, and its data was deleted.' },
  UPLOAD_CANCELLED: { status: 409, text: 'The upload of {about} was cancelled. Nothing was shared.' },
  POST_UNDER_WAY: {
    status: 409,
    text: 'Post {about} is already being downloaded to another place. Wait until it is done, or type: cancel {about}',
  },
  POST_DAMAGED: {
    status: 410,
    text: 'The file of your post "{about}" is missing or was changed, so friends cannot get it. Remove the post and upload the file again.',
  },
  NOT_CONFIRMED: {
    status: 409,
    text: 'Nothing was done. To do it, type the command again and answer yes. With --yes you are not asked.',
  },
  PASSPHRASE_NEEDED: {
    status: 400,
    text: 'A passphrase is needed. Type it in the terminal, or set KITH_PASSPHRASE in a script.',
  },
  PASSPHRASE_SHORT: {
    status: 400,
    text: 'The passphrase is too short. Use at least 8 characters; several words are better.',
  },
  PASSPHRASES_DIFFER: { status: 400, text: 'The two passphrases differ. Try again.' },
  PASSPHRASE_WRONG: { status: 403, text: 'The passphrase does not open {about}. Try again.' },
  BACKUP_UNKNOWN: {
    status: 400,
    text: '{about} is not a backup, or was made by a newer version of Kith. Choose another file, or update Kith.',
  },
  BACKUP_DAMAGED: {
    status: 400,
    text: '{about} is damaged or incomplete, so nothing of it was used. Use another copy.',
  },
  BACKUP_OF_ANOTHER: {
    status: 409,
    text: 'This is a backup of {about}. To restore it, start the client with: --user {about}',
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
  ROOM_LINE_MALFORMED: { status: 400, text: 'This is not one line of UTF-8 text. Send one line in each datagram' },
  ROOM_LINE_TOO_LONG: { status: 413, text: 'A line has at most {about} bytes. Send it in parts' },
  ROOM_BUSY: {
    status: 503,
    text: 'busy, the other servers are behind. Send it again in a moment',
  },
  ROOM_NO_QUORUM: {
    status: 503,
    text: 'no quorum, this server cannot reach most of the others. Send it again later, or to another server',
  },
  ROOM_CODE_WRONG: { status: 403, text: 'This code is wrong, or the server restarted. Send: /confirm' },

  // Channels.
  CHANNELS_OFF: { status: 404, text: 'The server {about} has no channels. Choose another server.' },
  CHANNEL_NOT_IN: { status: 409, text: 'You are not in the channel {about}. Type: join {about}' },
  CHANNEL_INVALID: {
    status: 400,
    text: '"{about}" cannot be the name of a channel. Use 2 to 32 of the characters a-z, 0-9, _ and -, starting with a letter or digit.',
  },
  CHANNELS_TOO_MANY: {
    status: 507,
    text: 'Channel {about} cannot be joined, because the limit of channels is reached. Leave another channel first.',
  },
  CHANNEL_TOO_FAST: { status: 429, text: 'Too many messages at once. Wait {about} and send it again.' },
  CHANNEL_NAME_TAKEN: {
    status: 409,
    text: 'On this server, the name {about} belongs to another key. Choose another name.',
  },
  ENTRY_REFUSED: {
    status: 403,
    text: 'The server did not accept the key of {about}. Try again. If that fails, use a new key.',
  },
  CLOCK_WRONG: {
    status: 409,
    text: 'The clocks of this computer and of the server differ by {about}. Set the clock of this computer. If it is right, tell the operator of the server.',
  },
  CHANNEL_AWAY: {
    status: 503,
    text: 'Not connected to the channels of {about}. The client keeps trying. Send the message again when it is connected.',
  },
  CHANNEL_UNCONFIRMED: {
    status: 504,
    text: 'The message was sent but not confirmed, so others may or may not have received it. Ask them before you send it again.',
  },
  CHANNEL_UNTIMELY: {
    status: 409,
    text: 'A channel message is not shown, because its time is {about} from now. Check the clock of this computer.',
  },
  CHANNEL_MISSED: {
    status: 410,
    text: 'You were away from {about}. Messages sent in that time are lost, because channels keep no history.',
  },
  CHANNEL_FORGERY: {
    status: 409,
    text: 'The server delivered a forged message, which is not shown: {about}.',
  },
  VISITOR_UNKNOWN: {
    status: 404,
    text: 'No participant called {about} was seen in a channel yet. Type: channels, or use the fingerprint.',
  },
  WHISPER_UNCONFIRMED: {
    status: 504,
    text: 'Not confirmed: {about} did not answer. Direct messages on channels are not kept for later.',
  },
  PEER_UNKNOWN: { status: 404, text: 'There is no peer {about}. See: nameserver peers' },
  PEER_SELF: { status: 400, text: 'That is the address of this server. Give the address of another server.' },
  PEER_ONLY_DIALS: {
    status: 409,
    text: 'The name server at {about} has no port for other servers. Let it connect to this one, or start it with --peer-port <port>',
  },
  PEER_KEY_CHANGED: {
    status: 409,
    text: 'The server at {about} has another key than before. If you expect that, disconnect it and connect it again.',
  },
  PEERS_FULL: { status: 507, text: 'There is no room for more than {about} peers. Disconnect one first.' },

  // Groups.
  GROUP_UNKNOWN: { status: 404, text: 'There is no group called {about}. Type: groups' },
  GROUP_TAKEN: { status: 409, text: 'A group called {about} already exists. Choose another name.' },
  GROUP_STALE: {
    status: 409,
    text: 'This does not continue the log of group {about} that the name server has. Update the group and try again.',
  },
  GROUP_REFUSES: { status: 409, text: 'The group does not allow this: {about}.' },
  GROUP_CLOSED: {
    status: 403,
    text: 'Group {about} does not accept join requests. Ask its leader for an invitation.',
  },
  GROUP_FULL: { status: 507, text: 'Group {about} is full: it has 256 members. Try again when a member has left.' },
  GROUP_FROZEN: {
    status: 409,
    text: 'The leader of {about} signed contradicting changes, so the members are voting. Type: members {about}',
  },
  GROUP_ALONE: {
    status: 409,
    text: 'You are the only member of {about}, so no one would get this. Type: invite {about} <user>',
  },
  GROUP_DEVICES: {
    status: 409,
    text: 'This device is your 33rd or later in {about}, and members accept only 32 of each person. Create a new group. Type: create_group <name>',
  },
  GROUP_UNSETTLED: {
    status: 409,
    text: 'Too few members of {about} have confirmed the latest changes. Try again when more members are online.',
  },
  NOT_LEADER: { status: 403, text: 'Only the leader may do this in {about}. Ask the leader.' },
  NOT_MEMBER: { status: 403, text: 'You are not a member of {about}. Type: join_group {about}' },
  NOT_IN_GROUP: { status: 404, text: '{about} is not a member of the group. Type: members <group>' },
  MEMBER_ALREADY: { status: 409, text: '{about} is already a member.' },
  MEMBER_KEY: {
    status: 409,
    text: 'This request comes with another key than the key of {about} that you know, so it was refused. Compare keys in person or by phone. Type: verify {about}',
  },
  LEADER_LEAVES: {
    status: 409,
    text: 'You lead {about}, so another member must take over first. Type: transfer {about} <user>. Or let the members vote: leave_group {about} --vote',
  },
  GROUP_SAID: { status: 409, text: 'Message {about} was sent to a group and cannot be cancelled.' },
  NO_EVIDENCE: { status: 404, text: 'There is no evidence against a leader of {about}.' },
} as const satisfies Record<string, TableEntry>;
