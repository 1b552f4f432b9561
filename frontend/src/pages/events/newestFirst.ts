interface Placed {
  sequence: number;
}

/** Parts of the log, which may overlap, as one. */
export function newestFirst<Event extends Placed>(...parts: readonly (readonly Event[])[]): Event[] {
  const known = new Map(parts.flat().map((one) => [one.sequence, one]));
  return [...known.values()].sort((a, b) => b.sequence - a.sequence);
}
