import { expect, it } from "vitest";
import { parse, write } from "./useRunQuery";

it("reads back what it writes", () => {
  const query = parse({ state: ["failed", "running"], platform: "x86", engine: "1.13.0", q: "res*", sort: "-latency", whose: "anyone" });
  expect(query).toEqual({ state: ["failed", "running"], platform: ["x86"], engine: ["1.13.0"], q: "res*", sort: "-latency", whose: "anyone" });
  expect(parse(write(query))).toEqual(query);
});

it("writes nothing for the plain list", () => expect(write(parse({}))).toEqual({}));

it("leaves out what nobody knows", () => {
  expect(parse({ state: ["gone", "failed"], platform: "vax", sort: "-colour" })).toEqual(parse({ state: "failed" }));
});
