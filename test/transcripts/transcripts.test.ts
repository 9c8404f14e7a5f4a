// Plays the transcripts: plain files of lines typed and text printed. Change a face, and their diff is the review.
// With KITH_TRANSCRIPTS=write they are written anew from what is printed now.

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

const FACES: Record<string, CliOptions> = {
  script: { json: false, plain: false, lines: [] },
  json: { json: true, plain: false, lines: [] },
  'plain terminal': { json: false, plain: true, lines: [] },
};

/** A face under way. `printed`: what it printed since the last time, errors after the rest. */
interface Stage {
  act(step: string): void;
  printed(): string[];
}

function openStage(face: string): Stage {
  const choice = FACES[face];
  assert.ok(choice, `no face called "${face}"`);
  const engine = new FakeClient();
  const host = face === 'plain terminal' ? terminalHost({ columns: 200 }) : pipeHost();
  void runCli({ api: engine, ready: READY }, choice, host);
  return {
    act: (step) => play(step, { engine, host }),
    printed: () => host.printed().split('\n').slice(0, -1),
  };
}

type Cast = { engine: FakeClient; host: ReturnType<typeof pipeHost> | ReturnType<typeof terminalHost> };

/** `> line` is typed; `! {…}` is an event; `+ ms` lets time pass; `^D` ends the input. */
function play(step: string, { engine, host }: Cast): void {
  if (step === '^D') host.input.end();
  else if (step.startsWith('! ')) engine.emit(JSON.parse(step.slice(2)) as ClientEvent);
  else if (step.startsWith('+ ')) host.clock.pass(Number(step.slice(2)));
  else host.input.write(`${step.slice(2)}\n`);
}

function isStep(line: string): boolean {
  return /^([>!+] |>$|\^D$)/.test(line);
}

/** The transcript as it is now: its own steps, each followed by what it prints. */
async function replayed(transcript: string): Promise<string> {
  const [heading = '', ...lines] = transcript.trimEnd().split('\n');
  const stage = openStage(heading.replace(/^face: /, ''));
  await settled();
  const now = [heading, ...stage.printed().map(quoted)];
  for (const step of lines.filter(isStep)) {
    stage.act(step);
    await settled();
    now.push(step, ...stage.printed().map(quoted));
  }
  return `${now.join('\n')}\n`;
}

function quoted(line: string): string {
  return `  | ${line}`.trimEnd();
}

for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.txt'))) {
  test(`transcript ${name} still reads the same`, async () => {
    const file = new URL(name, FOLDER);
    const transcript = readFileSync(file, 'utf8');
    const now = await replayed(transcript);
    if (process.env['KITH_TRANSCRIPTS'] === 'write') writeFileSync(file, now);
    else assert.equal(now, transcript);
  });
}
