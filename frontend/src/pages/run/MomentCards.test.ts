import { mount } from "@vue/test-utils";
import { expect, it } from "vitest";
import type { TaskMoment } from "@/api/generated";
import { i18n, useLocale } from "@/i18n";
import MomentCards from "./MomentCards.vue";

const KNOWN = "45013283-0000-7000-8000-000000000000";
const moment = (changed: Partial<TaskMoment>): TaskMoment => ({
  status: "queued", attempt: 0, runners: [], losses: 0, cancel_requested: false, queued_at: "2026-11-29T01:02:03Z", visibility: "private", links: 0,
  files_deleted: false, deleted: false, ...changed,
});

it("says what differs in words, and marks it in the state", () => {
  useLocale("en");
  const after = moment({ status: "running", attempt: 1, runners: ["45013282-0000-7000-8000-000000000000", KNOWN] });
  const devices = new Map([[KNOWN, "desk"]]);
  const page = mount(MomentCards, { props: { before: moment({}), after, labels: ["2. queued", "3. started"], devices }, global: { plugins: [i18n] } });
  const rows = page.findAll("tbody tr").map((row) => row.findAll("td").map((cell) => cell.text()));
  expect(rows).toEqual([["Status", "Waiting", "Running"], ["Attempt", "0", "1"], ["Held by", "–", "…000000000000, desk"]]);
  expect(page.findAll("dd.changed").map((one) => one.text())).toEqual(["Running", "1", "…000000000000, desk"]);
  expect(page.text()).toContain("2026");
});
