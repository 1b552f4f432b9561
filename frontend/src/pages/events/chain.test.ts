import { expect, it } from "vitest";
import { BrokenChain, Chain } from "./chain";

/** Made by hand with sha256sum's algorithm in another language. */
const LINES = [
  String.raw`{"digest":"d3cfcfe8c649d23657e598cb480bed7313e75364e1b3f7f2487f7a5b901eb92a","begin":{"format":"mgeprof-events-1","after":0,"upto":7}}`,
  String.raw`{"digest":"680dec5d8a5fe85ce58ec055760e17b4ca61496a9cab1e6003d97a4859444732","event":{"id":"a","type":"task.submitted","data":{"name":"é\"}"}}}`,
  String.raw`{"digest":"348932524885f81bf67557f13fe8ac80ba2198021fdabea954d6b61c92f28b97","event":{"id":"b"}}`,
  String.raw`{"digest":"d889f15f8e8509e62133b53ae0f9d45109f96a4e3f40dfad1efbc8880337cec2","end":{"events":2,"last":7}}`,
];

function checked(lines: readonly string[]): Chain {
  const chain = new Chain();
  lines.forEach((line) => chain.take(line));
  chain.end();
  return chain;
}
const brokenAt = (lines: readonly string[]): number => {
  try {
    checked(lines);
  } catch (error) {
    if (error instanceof BrokenChain) return error.line;
  }
  return 0;
};

it("tells how many events there are and the last digest", () => {
  const chain = checked(LINES);
  expect([chain.events, chain.digest]).toEqual([2, "d889f15f8e8509e62133b53ae0f9d45109f96a4e3f40dfad1efbc8880337cec2"]);
});

it("finds what was changed, left out, moved, added or cut off", () => {
  const [begin = "", first = "", second = "", end = ""] = LINES;
  expect(brokenAt([begin, first.replace("submitted", "completed"), second, end])).toBe(2);
  expect(brokenAt([begin, second, end])).toBe(2);
  expect(brokenAt([begin, second, first, end])).toBe(2);
  expect(brokenAt([...LINES, end])).toBe(5);
  expect(brokenAt([begin, first, second])).toBe(4);
  expect(brokenAt([])).toBe(1);
});
