/** Pages with a run as it is now, in its old place: the order of a list is that of when it was read. */
export function withRun<Run extends { id: string }, Held extends { pages: { items: Run[] }[] }>(held: Held | undefined, run: Run): Held | undefined {
  return held && { ...held, pages: held.pages.map((page) => ({ ...page, items: page.items.map((one) => (one.id === run.id ? run : one)) })) };
}
