// The golden lines of one conversation: the masked result of each command in docs/contract.md, and all events.

const AT = '<time>';
const ID = '<id>';

/** The commands of alice, and `data` or `error` of each result. */
export const GOLDEN_COMMANDS: readonly (readonly [line: string, outcome: object])[] = [
  ['online', { user: 'alice' }],
  [
    'whoami',
    {
      user: 'alice',
      key: '<key>',
      fingerprint: '<words>',
      device: '<key>',
      deviceFingerprint: '<words>',
      online: true,
    },
  ],
  ['add bob we met', { user: 'bob' }],
  ['wait friend_added user=bob', { event: 'friend_added', user: 'bob', at: AT }],
  ['wait online user=bob', { event: 'online', user: 'bob', at: AT }],
  ['lookup bob', { user: 'bob', online: true, lastSeen: AT, key: '<key>', fingerprint: '<words>' }],
  ['lookup nobody', { code: 'USER_UNKNOWN', message: '<string>' }],
  ['list', { friends: [{ user: 'bob', online: true, lastSeen: AT, unread: 0, verified: false, state: 'friend' }] }],
  ['say bob one', { id: ID, state: 'queued' }],
  ['wait state 10 state=delivered', { event: 'state', id: ID, to: 'bob', state: 'delivered', at: AT }],
  ['message bob two', { id: ID, state: 'delivered' }],
  ['wait chat from=bob', { event: 'chat', id: ID, from: 'bob', text: 'three', at: AT }],
  ['wait quick from=bob', { event: 'quick', id: ID, from: 'bob', text: 'four', at: AT }],
  [
    'history bob',
    {
      messages: [
        { id: ID, from: 'alice', text: 'one', at: AT, kind: 'chat', state: 'delivered' },
        { id: ID, from: 'alice', text: 'two', at: AT, kind: 'quick', state: 'delivered' },
        { id: ID, from: 'bob', text: 'three', at: AT, kind: 'chat', state: 'delivered' },
        { id: ID, from: 'bob', text: 'four', at: AT, kind: 'quick', state: 'delivered' },
      ],
    },
  ],
  ['outbox', { messages: [], downloads: 0 }],
  ['requests', { requests: [] }],
  ['verify bob', { safetyNumber: '<digits>', claimed: null, verified: false }],
  ['verify bob --confirm', { code: 'SAFETY_NUMBER_NEEDED', message: '<string>' }],
  ['verify bob --reject', { code: 'NO_KEY_CLAIM', message: '<string>' }],
  ['update', { updated: 1 }],
  ['who', { users: ['alice', 'bob'] }],
  ['connect bob', { user: 'bob', online: true, unread: 0 }],
  ['five', { id: ID, state: 'queued' }],
  ['/exit', {}],
  ['five', { code: 'COMMAND_UNKNOWN', message: '<string>' }],
  ['cancel AAAAAAAAAAAAAAAAAAAAAA', { code: 'MESSAGE_UNKNOWN', message: '<string>' }],
  ['wait chat 0.1 from=nobody', { code: 'TIMEOUT', message: '<string>' }],
  ['wait state 10 state=read', { event: 'state', id: ID, to: 'bob', state: 'read', at: AT }],
  ['offline', {}],
  ['online', { user: 'alice' }],
  ['block bob', { user: 'bob' }],
  ['unblock bob', { user: 'bob' }],
  ['remove bob', { user: 'bob' }],
  ['exit', { waiting: [] }],
];

/** The events of alice by name, each in order. */
export const GOLDEN_EVENTS: Readonly<Record<string, readonly object[]>> = {
  connection: [
    { state: 'online', reason: '<string>', at: AT },
    { state: 'offline', reason: '<string>', at: AT },
    { state: 'online', reason: '<string>', at: AT },
    { state: 'offline', reason: '<string>', at: AT },
  ],
  friend_added: [{ user: 'bob', at: AT }],
  friend_removed: [{ user: 'bob', at: AT }],
  chat: [{ id: ID, from: 'bob', text: 'three', at: AT }],
  quick: [{ id: ID, from: 'bob', text: 'four', at: AT }],
};
