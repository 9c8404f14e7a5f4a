// The program `npm run bench [-- channels|chat|groups|lookups|history|idle|posts|sessions]…`: measures, and prints each
// figure beside its baseline of the same run.

import { benchChannels } from './channels/channels.js';
import { benchChat } from './chat.js';
import { benchGroups } from './groups/groups.js';
import { benchHistory } from './history.js';
import { benchIdle } from './idle.js';
import { benchPosts } from './posts/posts.js';
import { benchLookups } from './nameserver/lookups.js';
import { benchSessions } from './nameserver/sessions.js';

const BENCHES: Record<string, () => Promise<void>> = {
  channels: benchChannels,
  chat: benchChat,
  groups: benchGroups,
  lookups: benchLookups,
  history: benchHistory,
  idle: benchIdle,
  posts: benchPosts,
  sessions: benchSessions,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  process.stderr.write(`There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(BENCHES).join(', ')}\n`);
  process.exit(1);
}
for (const name of wanted.length > 0 ? wanted : Object.keys(BENCHES)) await BENCHES[name]?.();
