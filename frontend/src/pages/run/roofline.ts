import type { OperatorResource, Peaks } from "@/api/generated";

export interface Dot {
  name: string;
  /** FLOP for each byte read or written. */
  intensity: number;
  flops: number;
  time_s: number | null;
  share: number;
  /** Of what the roof allows, null where the peaks are not known. */
  attained: number | null;
}

type Given = Pick<OperatorResource, "name" | "computation" | "memory" | "flops" | "time_s" | "share" | "roofline">;

/** Operators that compute something; the longest first. */
export function points(operators: readonly Given[]): Dot[] {
  return operators
    .flatMap((one) =>
      one.computation && one.memory && one.flops
        ? [{
            name: one.name,
            intensity: one.computation / one.memory,
            flops: one.flops,
            time_s: one.time_s,
            share: one.share,
            attained: one.roofline?.of_attainable ?? null,
          }]
        : [],
    )
    .sort((a, b) => b.share - a.share);
}

/** The roof over the dots, as corners of a line: min(peak, bandwidth × intensity). */
export function roof(peaks: Peaks | null, dots: readonly Dot[]): [number, number][] {
  if (!peaks || !dots.length) return [];
  const ridge = peaks.flops / peaks.bandwidth;
  const all = [ridge, ...dots.map((dot) => dot.intensity)];
  const [least, most] = [Math.min(...all) / 2, Math.max(...all) * 2];
  return [[least, peaks.bandwidth * least], [ridge, peaks.flops], [most, peaks.flops]];
}
