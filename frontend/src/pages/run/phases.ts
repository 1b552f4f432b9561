/** In the order in which a run goes through them. */
export const PHASES = [
  "fetching", "starting", "loading", "warming_up", "timing", "profiling", "analysing", "uploading",
] as const;
export type Phase = (typeof PHASES)[number];

export interface Step {
  look: "past" | "now" | "ahead";
  seconds: number | null;
}

/** How far it is: the phase that was told last, and the times of those that are over. */
export function progress(present: string | null, took: Readonly<Record<string, number>>): Record<Phase, Step> {
  const at = PHASES.findIndex((phase) => phase === present);
  const steps = PHASES.map((phase, place): [Phase, Step] => {
    const seconds = took[phase] ?? null;
    const past = seconds !== null || (at >= 0 && place < at);
    return [phase, { look: past ? "past" : place === at ? "now" : "ahead", seconds }];
  });
  return Object.fromEntries(steps) as Record<Phase, Step>;
}
