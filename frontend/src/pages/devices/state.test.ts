import { expect, it } from "vitest";
import { stateOf } from "./state";

it.each([
  [{ state: "idle", drained: false, disabled: false }, "idle"],
  [{ state: "busy", drained: true, disabled: false }, "drained"],
  [{ state: "offline", drained: true, disabled: false }, "offline"],
  [{ state: "busy", drained: true, disabled: true }, "disabled"],
] as const)("%o is %s", (runner, state) => expect(stateOf(runner)).toBe(state));
