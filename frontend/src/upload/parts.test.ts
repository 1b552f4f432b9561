import { describe, expect, it } from "vitest";
import { inLanes, missingParts } from "./parts";

describe("what has still to be sent", () => {
  it("is everything at first, the last part shorter", () => {
    expect(missingParts(10, 4, [])).toEqual([
      { number: 1, from: 0, to: 4 },
      { number: 2, from: 4, to: 8 },
      { number: 3, from: 8, to: 10 },
    ]);
  });
  it("is what is not here", () => expect(missingParts(10, 4, [1, 3]).map((part) => part.number)).toEqual([2]));
  it("is nothing when all is here", () => expect(missingParts(8, 4, [1, 2])).toEqual([]));
});

describe("lanes", () => {
  it("work side by side, never more than allowed", async () => {
    let [now, most] = [0, 0];
    const done: number[] = [];
    await inLanes([1, 2, 3, 4, 5], 2, async (one) => {
      most = Math.max(most, ++now);
      await Promise.resolve();
      now--;
      done.push(one);
    });
    expect([most, done.sort()]).toEqual([2, [1, 2, 3, 4, 5]]);
  });
  it("stop at the first failure", async () => {
    const begun: number[] = [];
    const work = async (one: number) => {
      begun.push(one);
      await Promise.resolve();
      if (one === 2) throw new Error("broken");
    };
    await expect(inLanes([1, 2, 3, 4, 5, 6], 2, work)).rejects.toThrow("broken");
    expect(begun.length).toBeLessThan(5);
  });
});
