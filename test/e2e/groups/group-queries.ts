// What tests of groups between real processes ask again and again.

import type { Answers } from '../../../protocols/control/answer.js';
import type { JsonClient } from '../testbed/json-client.js';

/** Leaders are replaced after two seconds, and links are not waited for. */
export const SHORT_SILENCE = ['--group-silence', '2', '--link-wait', '1'];

const BOUND_MS = 30_000;
const PAUSE_MS = 50;

/** Asks again until it is so. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await isSo()); waited += PAUSE_MS) {
    if (waited >= BOUND_MS) throw new Error(`not so after ${BOUND_MS} ms: ${isSo.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

export function membersOf(client: JsonClient, group = 'lake'): Promise<Answers['members']> {
  return client.does<Answers['members']>(`members ${group}`);
}

/** Who said what, the oldest first. */
export async function historyOf(client: JsonClient, group = 'lake'): Promise<[string, string][]> {
  const { messages } = await client.does<Answers['history']>(`history group:${group} --limit 1000`);
  return messages.map(({ from, text }) => [from, text]);
}
