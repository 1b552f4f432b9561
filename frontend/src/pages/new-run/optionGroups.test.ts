import { describe, expect, it } from "vitest";
import { changed, excludedBy, grouped } from "./optionGroups";

const option = (name: string, more = {}) => ({ name, explanation: "", default: false, works: true, reason: null, excludes: [], ...more });

describe("options", () => {
  const all = [
    option("iterations", { default: 10 }),
    option("nchw44", { works: false, reason: "for ARM" }),
    option("fast_run", { excludes: ["full_run"] }),
    option("full_run", { excludes: ["fast_run"] }),
    option("new_one"),
  ];
  it("stand in their groups, in the groups' order; unknown ones last", () => {
    expect(grouped(all).map((group) => [group.name, group.options.map((one) => one.name)])).toEqual([
      ["measure", ["iterations"]],
      ["algorithms", ["fast_run", "full_run"]],
      ["layout", ["nchw44"]],
      ["more", ["new_one"]],
    ]);
  });
  it("are excluded by what is chosen", () => {
    const full = option("full_run", { excludes: ["fast_run"] });
    expect([excludedBy(full, { fast_run: true }), excludedBy(full, { fast_run: false })]).toEqual(["fast_run", null]);
  });
  it("are sent when they were changed, and work", () => {
    expect(changed(all, { iterations: 20, fast_run: false, full_run: true, nchw44: true })).toEqual({ iterations: 20, full_run: true });
    expect(changed(all, { iterations: 10 })).toEqual({});
  });
});
