/** A part of an upload: its number, from 1, and where its bytes stand in the file. */
export interface Part {
  number: number;
  from: number;
  to: number;
}

/** The parts that have still to be sent, in order. */
export function missingParts(size: number, partSize: number, done: readonly number[]): Part[] {
  const here = new Set(done);
  return Array.from({ length: Math.ceil(size / partSize) }, (_, place) => ({
    number: place + 1,
    from: place * partSize,
    to: Math.min((place + 1) * partSize, size),
  })).filter((part) => !here.has(part.number));
}

/** Does the work for each, at most `lanes` at a time; the first failure ends it. */
export async function inLanes<T>(things: readonly T[], lanes: number, work: (thing: T) => Promise<void>): Promise<void> {
  const waiting = [...things];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  try {
    await Promise.all(Array.from({ length: Math.min(lanes, things.length) }, lane));
  } finally {
    waiting.length = 0;
  }
}
