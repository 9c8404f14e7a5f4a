// Commands about everything a client keeps: it carries them out beside the engine, which never hears of them.

/** `to`: null for a place of the client's choice. */
type Export = { type: 'export'; format: 'json' | 'html'; to: string | null };
/** Our certificate and its secret key, for other programs. `to`: a folder. */
type Certificate = { type: 'certificate'; to: string | null };
type Backup = { type: 'backup'; file: string };
/** `check`: look, and change nothing. */
type Restore = { type: 'restore'; file: string; check: boolean };

/** What a line can say. A passphrase is never typed where it can be seen. */
export type ParsedArchiveCommand = Export | Certificate | Backup | Restore;

/** What the client is told, once the face has the passphrase. */
export type ArchiveCommand = Export | Certificate | ((Backup | Restore) & { passphrase: string });

const NAMES: Record<ParsedArchiveCommand['type'], true> = {
  export: true,
  certificate: true,
  backup: true,
  restore: true,
};

/** True iff the command is one of these. */
export function isArchiveCommand<C extends { type: string }>(command: C | ArchiveCommand): command is ArchiveCommand {
  return Object.hasOwn(NAMES, command.type);
}
