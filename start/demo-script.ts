// The script of the demo: two participants become friends and exchange messages.

/** A participant. `run` waits for the result of a command, `waitForEvent` for an event; both reject on failure. */
export interface DemoParticipant {
  readonly name: string;
  ready(): Promise<void>;
  run(command: string): Promise<void>;
  waitForEvent(event: string, fields: Readonly<Record<string, string>>): Promise<void>;
  exit(): Promise<void>;
}

/** `say`: a chat message, queued until it arrives. `message`: a quick message by UDP. */
interface ScriptLine {
  readonly from: 'alice' | 'bob';
  readonly command: 'say' | 'message';
  readonly text: string;
}

const SCRIPT: readonly ScriptLine[] = [
  { from: 'alice', command: 'say', text: 'Hello Bob! Did this reach you?' },
  { from: 'bob', command: 'say', text: 'It did: straight from your computer to mine, and no server could read it.' },
  { from: 'alice', command: 'say', text: 'And it would have waited if you had been away. 🙂' },
  { from: 'bob', command: 'message', text: 'A quick one from me: lunch at noon?' },
  { from: 'alice', command: 'say', text: 'With pleasure. See you there!' },
];

/** Runs the script. `print` gets each message when its recipient has received it. */
export async function runDemoScript(
  alice: DemoParticipant,
  bob: DemoParticipant,
  print: (line: string) => void,
): Promise<void> {
  await becomeFriends(alice, bob);
  for (const { from, command, text } of SCRIPT) {
    const [speaker, listener] = from === 'alice' ? [alice, bob] : [bob, alice];
    await speaker.run(`${command} ${listener.name} ${text}`);
    await listener.waitForEvent(command === 'say' ? 'chat' : 'quick', { from, text });
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
