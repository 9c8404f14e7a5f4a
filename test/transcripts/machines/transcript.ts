// Replays transcripts of machines: plain text files in which each command is followed by the effects it has.
//
// A transcript is a list of blocks separated by blank lines. A block has comment lines (`#`), one command, a line
// `----`, and one line for each effect. A test replays all commands through the real machine and compares the text;
// with UPDATE_TRANSCRIPTS=1 it writes the file anew, and the diff of the file is the review.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { test } from 'node:test';

/** Runs one command and gives its effects, one line each. Throws for a command that it does not know. */
export type RunCommand = (command: string) => readonly string[];

const SEPARATOR = '----';
const NO_EFFECT = '(no effect)';
/** Compiled tests run from `dist`; the transcripts stand beside the sources. */
const FOLDER = new URL('../../../../test/transcripts/machines/', import.meta.url);

/** Registers a test that replays a file of this folder. `start` makes a machine in its first state. */
export function testTranscript(name: string, start: () => RunCommand): void {
  test(`transcript ${name} shows what the machine does`, () => {
    const file = new URL(name, FOLDER);
    const written = readFileSync(file, 'utf8');
    const replayed = replay(written, start());
    if (process.env['UPDATE_TRANSCRIPTS'] === '1') writeFileSync(file, replayed);
    else assert.equal(replayed, written);
  });
}

/** The transcript with the effects that its commands have now. */
export function replay(transcript: string, run: RunCommand): string {
  const blocks = transcript.trim().split(/\n{2,}/);
  return `${blocks.map((block) => replayBlock(block, run)).join('\n\n')}\n`;
}

function replayBlock(block: string, run: RunCommand): string {
  const lines = block.split('\n');
  const comments = lines.filter((line) => line.startsWith('#'));
  const [command, separator] = lines.slice(comments.length);
  if (command === undefined) return block; // comments only
  assert.ok(separator === undefined || separator === SEPARATOR, `"${command}" must be followed by ${SEPARATOR}`);
  const effects = run(command);
  return [...comments, command, SEPARATOR, ...(effects.length > 0 ? effects : [NO_EFFECT])].join('\n');
}
