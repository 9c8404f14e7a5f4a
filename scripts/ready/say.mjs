// What set-up tells a person. Always on stderr: stdout belongs to the program that is being set up for.

export function say(line) {
  process.stderr.write(`kith: ${line}\n`);
}

/** Says why it cannot go on, and ends. */
export function giveUp(line, code = 1) {
  say(line);
  process.exit(code);
}
