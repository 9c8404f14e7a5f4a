// Every bound of the project (G8): no queue, cache, wait or growth without a named limit. One file for each protocol.
//
// Units stand last in a name. The comment of each limit says what gets worse when it is raised and when it is lowered
// (checked by test/tidy).

import { BUDGET_LIMITS } from './limits/budgets/nameserver.js';
import { CHANNEL_LIMITS } from './limits/channels.js';
import { CHAT_LIMITS } from './limits/chat.js';
import { CLIENT_LIMITS } from './limits/client.js';
import { GROUP_LIMITS } from './limits/groups.js';
import { LETTER_LIMITS } from './limits/letters.js';
import { LINK_LIMITS } from './limits/links.js';
import { NAMESERVER_LIMITS } from './limits/nameserver.js';
import { PEER_LIMITS } from './limits/peers.js';
import { POST_LIMITS } from './limits/posts.js';
import { ROOM_LIMITS } from './limits/rooms.js';
import { RUNTIME_LIMITS } from './limits/runtime.js';

export const LIMITS = {
  ...NAMESERVER_LIMITS,
  ...BUDGET_LIMITS,
  ...LETTER_LIMITS,
  ...LINK_LIMITS,
  ...CHAT_LIMITS,
  ...POST_LIMITS,
  ...GROUP_LIMITS,
  ...CHANNEL_LIMITS,
  ...PEER_LIMITS,
  ...ROOM_LIMITS,
  ...CLIENT_LIMITS,
  ...RUNTIME_LIMITS,
} as const;
