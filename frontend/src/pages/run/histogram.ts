export interface Bin {
  from: number;
  to: number;
  count: number;
}

/** Equally wide bins from the smallest value to the largest. */
export function histogram(values: readonly number[], bins: number): Bin[] {
  if (!values.length) return [];
  const sorted = [...values].sort((a, b) => a - b);
  const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  if (least === most) return [{ from: least, to: most, count: values.length }];
  const width = (most - least) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.floor((value - least) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count, bin) => ({ from: least + bin * width, to: bin === bins - 1 ? most : least + (bin + 1) * width, count }));
}
