import { expect, it } from "vitest";
import { parse, write } from "./useRunQuery";

const PROJECT = "01990d5d-ac96-774b-bcce-b302099a8057";

it("reads back what it writes", () => {
  const query = parse({ state: ["failed", "running"], platform: "x86", engine: "1.13.0", project: PROJECT, tag: ["int8", "nightly"], q: "res*", sort: "-latency", whose: "anyone" });
  expect(query).toEqual({ state: ["failed", "running"], platform: ["x86"], engine: ["1.13.0"], project: [PROJECT], tag: ["int8", "nightly"], q: "res*", sort: "-latency", whose: "anyone" });
  expect(parse(write(query))).toEqual(query);
});

it("writes nothing for the plain list", () => expect(write(parse({}))).toEqual({}));

it("leaves out what nobody knows", () => {
  expect(parse({ state: ["gone", "failed"], platform: "vax", project: "mine", sort: "-colour" })).toEqual(parse({ state: "failed" }));
});
