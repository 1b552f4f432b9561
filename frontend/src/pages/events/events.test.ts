import { expect, it } from "vitest";
import { pageOf, summary, thingOf, typesOf } from "./catalogue";
import { newestFirst } from "./newestFirst";
import { parse, write } from "./useEventQuery";

const ID = "01990d5d-ac96-774b-bcce-b302099a8057";

it("reads back the address that it writes", () => {
  const query = parse({ aggregate: ["task", "model"], platform: "x86", type: "task.completed", actor: ID, thing: [ID], since: "2026-11-02T09:30:00Z", until: "2026-11-03" });
  expect(query).toEqual({
    aggregate: ["task", "model"], platform: ["x86"], type: ["task.completed"], actor: [ID], thing: [ID],
    since: "2026-11-02T09:30:00.000Z", until: "2026-11-03T00:00:00.000Z",
  });
  expect(parse(write(query))).toEqual(query);
});

it("writes nothing for the whole log, and leaves out what nobody knows", () => {
  expect(write(parse({}))).toEqual({});
  expect(write(parse({ aggregate: "cat", platform: "vax", type: "task.eaten", actor: "me", thing: "1", since: "soon" }))).toEqual({});
});

it("offers the types of the chosen things", () => {
  expect(typesOf(["dataset"])).toEqual(["dataset.visibility_changed", "dataset.deleted"]);
  expect(typesOf([]).length).toBeGreaterThan(40);
});

it("knows where a thing is looked at", () => {
  expect(pageOf(thingOf(`task.x86.${ID}`))).toBe(`/runs/${ID}/history`);
  expect(pageOf(thingOf(`account.any.${ID}`))).toBeNull();
});

it("says in a line what is plain", () => {
  expect(summary({ attempt: 1, engine: "1.13.0", labels: ["a"], gone: null, warm: false, a: 1, b: 2 })).toBe("attempt 1 · engine 1.13.0 · warm false · a 1");
});

it("puts parts of the log that overlap together", () => {
  const of = (...places: number[]) => places.map((sequence) => ({ sequence }));
  expect(newestFirst(of(9, 8), of(10, 9), of(8, 3))).toEqual(of(10, 9, 8, 3));
});
