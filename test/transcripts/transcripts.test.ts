// Replays the transcripts: files of typed lines and printed text. When the output changes, their diff is the review.
// With UPDATE_TRANSCRIPTS=1 the files are rewritten from the current output.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { test } from 'node:test';
import { runCli, type CliOptions } from '../../client/cli/run-cli.js';
import type { ClientEvent } from '../../protocols/control/event.js';
import { FakeClient, READY } from '../client/cli/fakes/fake-client.js';
import { pipeHost, settled, terminalHost } from '../client/cli/fakes/fake-host.js';

/** Compiled tests run from `dist/test/transcripts`; the files stand beside the source. */
const FOLDER = new URL('../../../test/transcripts/', import.meta.url);

const INTERFACES: Record<string, CliOptions> = {
  script: { json: false, plain: false, lines: [] },
  json: { json: true, plain: false, lines: [] },
  'plain terminal': { json: false, plain: true, lines: [] },
};

/** A running user interface. `printed`: the output since the last call, errors last. */
interface Replay {
  play(step: string): void;
  printed(): string[];
}

function openReplay(name: string): Replay {
  const options = INTERFACES[name];
  assert.ok(options, `no user interface called "${name}"`);
  const client = new FakeClient();
  const host = name === 'plain terminal' ? terminalHost({ columns: 200 }) : pipeHost();
  void runCli({ api: client, ready: READY }, options, host);
  return {
    play: (step) => play(step, { client, host }),
    printed: () => host.printed().split('\n').slice(0, -1),
  };
}

type Target = { client: FakeClient; host: ReturnType<typeof pipeHost> | ReturnType<typeof terminalHost> };

/** `> line` is typed; `! {…}` is an event; `+ ms` lets time pass; `^D` ends the input. */
function play(step: string, { client, host }: Target): void {
  if (step === '^D') host.input.end();
  else if (step.startsWith('! ')) client.emit(JSON.parse(step.slice(2)) as ClientEvent);
  else if (step.startsWith('+ ')) host.clock.pass(Number(step.slice(2)));
  else host.input.write(`${step.slice(2)}\n`);
}

function isStep(line: string): boolean {
  return /^([>!+] |>$|\^D$)/.test(line);
}

/** The transcript with the current output: its own steps, each followed by the lines it prints. */
async function replayed(transcript: string): Promise<string> {
  const [heading = '', ...lines] = transcript.trimEnd().split('\n');
  const replay = openReplay(heading.replace(/^interface: /, ''));
  await settled();
  const now = [heading, ...replay.printed().map(quoted)];
  for (const step of lines.filter(isStep)) {
    replay.play(step);
    await settled();
    now.push(step, ...replay.printed().map(quoted));
  }
  return `${now.join('\n')}\n`;
}

function quoted(line: string): string {
  return `  | ${line}`.trimEnd();
}

for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.txt'))) {
  test(`the transcript ${name} reads the same`, async () => {
    const file = new URL(name, FOLDER);
    const transcript = readFileSync(file, 'utf8');
    const now = await replayed(transcript);
    if (process.env['UPDATE_TRANSCRIPTS'] === '1') writeFileSync(file, now);
    else assert.equal(now, transcript);
  });
}
