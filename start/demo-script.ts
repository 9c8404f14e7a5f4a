// The scripted conversation itself: who says what to whom, and how it is played.

/**
 * Somebody who takes part: a command is waited for until its result, an event until it comes. Both reject if it does
 * not.
 */
export interface DemoParticipant {
  readonly name: string;
  ready(): Promise<void>;
  run(command: string): Promise<void>;
  waitForEvent(event: string, fields: Readonly<Record<string, string>>): Promise<void>;
  exit(): Promise<void>;
}

/** `say`: a chat message, queued until it arrives. `message`: a quick one, by UDP. */
interface Part {
  readonly from: 'alice' | 'bob';
  readonly how: 'say' | 'message';
  readonly text: string;
}

const PARTS: readonly Part[] = [
  { from: 'alice', how: 'say', text: 'Hello Bob! Did this reach you?' },
  { from: 'bob', how: 'say', text: 'It did: straight from your machine to mine, and nobody in between could read it.' },
  { from: 'alice', how: 'say', text: 'And it would have waited if you had been away. 🙂' },
  { from: 'bob', how: 'message', text: 'A quick one from me: lunch at noon?' },
  { from: 'alice', how: 'say', text: 'With pleasure. See you there!' },
];

/** Lets both meet and talk; `print` gets each message when its recipient has it. */
export async function runDemoScript(
  alice: DemoParticipant,
  bob: DemoParticipant,
  print: (line: string) => void,
): Promise<void> {
  await becomeFriends(alice, bob);
  for (const { from, how, text } of PARTS) {
    const [speaker, listener] = from === 'alice' ? [alice, bob] : [bob, alice];
    await speaker.run(`${how} ${listener.name} ${text}`);
    await listener.waitForEvent(how === 'say' ? 'chat' : 'quick', { from, text });
    print(`${from}: ${text}`);
  }
  await Promise.all([alice.exit(), bob.exit()]);
}

async function becomeFriends(alice: DemoParticipant, bob: DemoParticipant): Promise<void> {
  await Promise.all([alice.ready(), bob.ready()]);
  await Promise.all([alice.run('online'), bob.run('online')]);
  await alice.run('add bob Shall we try this?');
  await bob.waitForEvent('friend_request', { from: 'alice' });
  await bob.run('accept alice');
  await alice.waitForEvent('friend_added', { user: 'bob' });
}
