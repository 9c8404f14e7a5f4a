// Options and queries for tests of groups of real processes.

import type { Answers } from '../../../protocols/control/answer.js';
import type { JsonClient } from '../testbed/json-client.js';

/** A silence period of two seconds, and a short wait for links. */
export const SHORT_SILENCE = ['--group-silence', '2', '--link-wait', '1'];

/** For a leader that is away for a moment: on a busy machine its members must not elect another one meanwhile. */
export const PATIENT_SILENCE = ['--group-silence', '10', '--link-wait', '1'];

const TIMEOUT_MS = 30_000;
const INTERVAL_MS = 50;

/** Polls until the condition is true. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await condition()); waited += INTERVAL_MS) {
    if (waited >= TIMEOUT_MS) throw new Error(`still false after ${TIMEOUT_MS} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}

export function membersOf(client: JsonClient, group = 'lake'): Promise<Answers['members']> {
  return client.does<Answers['members']>(`members ${group}`);
}

/** Author and text of each message, oldest first. */
export async function historyOf(client: JsonClient, group = 'lake'): Promise<[string, string][]> {
  const { messages } = await client.does<Answers['history']>(`history group:${group} --limit 1000`);
  return messages.map(({ from, text }) => [from, text]);
}
