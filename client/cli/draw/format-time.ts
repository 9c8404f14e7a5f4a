// Times as people read them: `HH:MM` in a line, the day where it changes.

const formats = new Map<string, Intl.DateTimeFormat>();

/** `12:03` */
export function clockTime(at: string, zone: string | undefined): string {
  return format('time', zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(at));
}

/** `Friday 20 November 2026` */
export function day(at: string, zone: string | undefined): string {
  const parts = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const;
  return format('day', zone, parts).format(new Date(at)).replaceAll(',', '');
}

/** `12:03` on the day of `now`, else `12:03 on Friday 20 November 2026`. */
export function dayAndTime(at: string, now: number, zone: string | undefined): string {
  const isToday = day(at, zone) === day(new Date(now).toISOString(), zone);
  return isToday ? clockTime(at, zone) : `${clockTime(at, zone)} on ${day(at, zone)}`;
}

/** Formats are costly to make, so each is made once. */
function format(name: string, zone: string | undefined, parts: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${name} ${zone ?? ''}`;
  const made = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { ...parts, timeZone: zone });
  formats.set(key, made);
  return made;
}
