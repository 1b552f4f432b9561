import type { RunnerResource } from "@/api/generated";

export type DeviceState = RunnerResource["state"] | "drained" | "disabled";

/** One word for a device: what keeps it from work comes before what it does. */
export function stateOf(runner: Pick<RunnerResource, "state" | "drained" | "disabled">): DeviceState {
  if (runner.disabled) return "disabled";
  return runner.drained && runner.state !== "offline" ? "drained" : runner.state;
}
