import { expect, it } from "vitest";
import type { TaskMoment } from "@/api/generated";
import { chosen, differences, momentsOf } from "./replay";

const moment = (changed: Partial<TaskMoment>): TaskMoment => ({
  status: "new", attempt: 0, runners: [], losses: 0, cancel_requested: false, queued_at: null, visibility: "private", links: 0, files_deleted: false, deleted: false,
  ...changed,
});

it("begins before the first event", () => {
  const steps = [moment({ status: "submitted" }), moment({ status: "queued" })].map((state) => ({ state, changes: [], event: null as never }));
  expect(momentsOf({ before: moment({}), steps }).map((one) => one.status)).toEqual(["new", "submitted", "queued"]);
});

it("tells what differs between two moments", () => {
  const [before, after] = [moment({ status: "queued" }), moment({ status: "running", attempt: 1, runners: ["a"] })];
  expect(differences(before, after).map((one) => one.field)).toEqual(["status", "attempt", "runners"]);
  expect(differences(after, structuredClone(after))).toEqual([]);
});

it("holds a moment against the one before it, or two against each other", () => {
  expect(chosen(3, 5)).toEqual({ from: 2, to: 3 });
  expect(chosen(0, 5)).toEqual({ from: 0, to: 0 });
  expect(chosen([4, 1], 5)).toEqual({ from: 1, to: 4 });
  expect(chosen(9, 5)).toEqual({ from: 5, to: 5 });
});
