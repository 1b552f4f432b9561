import { expect, it } from "vitest";
import { auditQuery, thingPath } from "./audit";

const ID = "01900000-0000-7000-8000-000000000000";

it("an id looks for a thing, words for kinds of acts", () => {
  expect(auditQuery(` ${ID} `, null)).toEqual({ thing: ID });
  expect(auditQuery("task.submitted, runner.drained", null)).toEqual({ type: ["task.submitted", "runner.drained"] });
  expect(auditQuery(" ", null)).toEqual({});
});

it("a span is told in UTC", () => {
  const span = [new Date("2026-01-01T08:00:00+08:00"), new Date("2026-01-02T00:00:00Z")] as const;
  expect(auditQuery("", span)).toEqual({ since: "2026-01-01T00:00:00.000Z", until: "2026-01-02T00:00:00.000Z" });
});

it("leads to what has a page", () => {
  expect(thingPath({ type: "task.submitted", thing: ID })).toBe(`/runs/${ID}`);
  expect(thingPath({ type: "account.registered", thing: ID })).toBeNull();
});
