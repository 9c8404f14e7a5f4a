// Evidence about a group as a file: written for others, and checked where others wrote it.

import { textOf, utf8 } from '../protocols/kit/bytes.js';
import { LIMITS } from '../protocols/kit/limits.js';
import { Refusal } from '../protocols/kit/refusals.js';
import { readRecord } from '../protocols/directory/record-verification.js';
import type { Answer, Answers } from '../protocols/control/answer.js';
import type { GroupCommand } from '../protocols/control/commands/groups.js';
import { fingerprintWords } from '../protocols/directory/fingerprint.js';
import { readEvidence, type EvidenceFinding } from '../protocols/groups/log/evidence.js';
import { primitives } from '../runtime/crypto.js';
import { FileReader } from '../runtime/disk/file-reader.js';
import { writeNewFile } from '../runtime/disk/new-file.js';
import { explainError } from '../runtime/operational-error.js';

type Evidence = Extract<GroupCommand, { type: 'evidence' }>;

const TOOLS = { primitives, readRecord: (signed: Parameters<typeof readRecord>[0]) => readRecord(signed, primitives) };

/** `ask`: has the engine gather the text. */
export async function evidenceFile(command: Evidence, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return command.check ? await check(command) : await write(command, await ask());
  } catch (error) {
    return { ok: false, refusal: new Refusal('FILE_TROUBLE', explainError(error, command.file)) };
  }
}

async function write(command: Evidence, answer: Answer): Promise<Answer> {
  if (!answer.ok) return answer;
  const { file } = command;
  const { path: text } = answer.data as Answers['evidence'];
  if ((await writeNewFile(file, [utf8(text)])) === 'exists') return refused('FILE_EXISTS', file);
  return found(command, readEvidence(text, TOOLS));
}

async function check(command: Evidence): Promise<Answer> {
  const { group, file } = command;
  const reader = await FileReader.open(file);
  try {
    const bytes = await reader.take(LIMITS.groupEvidenceBytes + 1);
    if (bytes.length > LIMITS.groupEvidenceBytes) return refused('TOO_LARGE', file);
    const finding = readEvidence(textOf(bytes) ?? '', TOOLS);
    return finding?.name === group ? found(command, finding) : refused('NO_EVIDENCE', group);
  } finally {
    await reader.close();
  }
}

function found({ group, file }: Evidence, finding: EvidenceFinding | null): Answer {
  const fingerprint = finding && fingerprintWords(finding.key, primitives);
  return { ok: true, data: { group, path: file, liar: finding?.by ?? null, fingerprint } };
}

function refused(code: 'FILE_EXISTS' | 'TOO_LARGE' | 'NO_EVIDENCE', about: string): Answer {
  return { ok: false, refusal: new Refusal(code, about) };
}
