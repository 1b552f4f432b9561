import type { State } from "@/api/generated";

/** In the order of a run's life. */
export const STATES = [
  "submitted", "queued", "running", "cancelling", "completed", "failed", "cancelled", "expired",
] as const satisfies readonly State[];

const ENDED: readonly State[] = ["completed", "failed", "cancelled", "expired"];

export const zState = (word: string): word is State => (STATES as readonly string[]).includes(word);

/** Whether nothing more will happen to it. */
export const hasEnded = (state: State): boolean => ENDED.includes(state);
