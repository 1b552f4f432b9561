/**
 * Places in a row, each as near as can be to where it is wanted, in the given order and at least `apart` from the one before: least squares, by pooling
 * neighbours that would overlap into one block (pool adjacent violators). `apart[i]` is between i - 1 and i.
 */
export function spread(wanted: readonly number[], apart: readonly number[]): number[] {
  const blocks: { sum: number; count: number }[] = [];
  let offset = 0;
  const offsets = wanted.map((_, at) => (offset += at === 0 ? 0 : (apart[at] ?? 0)));
  wanted.forEach((place, at) => {
    let block = { sum: place - (offsets[at] ?? 0), count: 1 };
    for (let last = blocks.at(-1); last && last.sum / last.count > block.sum / block.count; last = blocks.at(-1)) {
      blocks.pop();
      block = { sum: block.sum + last.sum, count: block.count + last.count };
    }
    blocks.push(block);
  });
  const places = blocks.flatMap(({ sum, count }) => new Array<number>(count).fill(sum / count));
  return places.map((place, at) => place + (offsets[at] ?? 0));
}
