/** An edge of a graph whose nodes are numbered from 0. */
export type Edge = readonly [source: number, target: number];

/** The edges of each node on either side, as numbers of nodes. */
function neighbours(count: number, edges: readonly Edge[]): { into: number[][]; from: number[][] } {
  const [into, from] = [0, 1].map(() => Array.from({ length: count }, (): number[] => [])) as [number[][], number[][]];
  for (const [source, target] of edges) {
    from[source]?.push(target);
    into[target]?.push(source);
  }
  return { into, from };
}

/**
 * The layer of each node: below everything that it reads from, and no further up than it must be for what reads from it, so that a constant
 * stands right above its user. A graph that ran has no circles; in one that somebody made up, each circle is cut open where it is met.
 */
export function layersOf(count: number, edges: readonly Edge[]): number[] {
  const { into, from } = neighbours(count, edges);
  const open = into.map((sources) => sources.length);
  const layer = new Array<number>(count).fill(0);
  const placed = new Array<boolean>(count).fill(false);
  const ready = open.flatMap((number, node) => (number === 0 ? [node] : []));
  let [next, cut, left] = [0, 0, count];
  while (left > 0) {
    while (next === ready.length) if (!placed[cut++]) ready.push(cut - 1);
    const node = ready[next++] ?? 0;
    if (placed[node]) continue;
    placed[node] = true;
    left--;
    for (const target of from[node] ?? []) {
      if (placed[target]) continue;
      layer[target] = Math.max(layer[target] ?? 0, (layer[node] ?? 0) + 1);
      const waiting = (open[target] ?? 0) - 1;
      open[target] = waiting;
      if (waiting === 0) ready.push(target);
    }
  }
  return besideTheirUsers(layer, into, from);
}

/** Moves each node that reads from none down to right above the first that reads from it. */
function besideTheirUsers(layer: number[], into: number[][], from: number[][]): number[] {
  return layer.map((present, node) => {
    if (into[node]?.length || !from[node]?.length) return present;
    return Math.max(0, (from[node] ?? []).reduce((least, target) => Math.min(least, layer[target] ?? 0), Infinity) - 1);
  });
}
