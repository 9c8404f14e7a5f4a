// Types derived from a command map: one entry per command, with the fields of the parsed command and of its answer.

/** One command: `command` holds the fields of the parsed command, `answer` the `data` of its result. */
interface CommandShape {
  readonly command: object;
  readonly answer: object;
}

/** For a command without fields, or an answer without data. */
export type Nothing = Record<never, never>;

/** Of a command that cannot be undone. `yes`: it was typed with `--yes`, so no user interface asks about it. */
export interface Confirmable {
  readonly yes?: true;
}

type Flat<T> = { [Field in keyof T]: T[Field] };

/** The union of the commands of a map, each with its name as `type`. */
export type CommandsOf<Map extends { [Name in keyof Map]: CommandShape }> = {
  [Name in keyof Map]: Flat<{ type: Name } & Map[Name]['command']>;
}[keyof Map];

/** The answers of a map, by the name of the command. */
export type AnswersOf<Map extends { [Name in keyof Map]: CommandShape }> = {
  [Name in keyof Map]: Map[Name]['answer'];
};
