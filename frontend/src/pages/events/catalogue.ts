import type { ListEventsData, Platform } from "@/api/generated";

type Asked = NonNullable<ListEventsData["query"]>;
export type AggregateName = NonNullable<Asked["aggregate"]>[number];
export type EventName = NonNullable<Asked["type"]>[number];

const NAMES: Record<EventName, true> = {
  "task.submitted": true, "task.queued": true, "task.started": true, "task.completed": true, "task.inspected": true,
  "task.failed": true, "task.cancel_requested": true, "task.cancelled": true, "task.expired": true,
  "task.attempt_lost": true, "task.late_report_kept": true, "task.reanalysed": true, "task.visibility_changed": true,
  "task.shared": true, "task.share_revoked": true, "task.filed": true, "task.tagged": true,
  "task.files_deleted": true, "task.deleted": true,
  "runner.enrolled": true, "runner.described": true, "runner.appeared": true, "runner.left": true,
  "runner.drained": true, "runner.resumed": true, "runner.disabled": true, "runner.enabled": true,
  "runner.pool_changed": true, "runner.owner_changed": true, "runner.labelled": true, "runner.revoked": true,
  "runner.granted": true, "runner.grant_revoked": true,
  "model.uploaded": true, "model.inspected": true, "model.visibility_changed": true, "model.filed": true,
  "model.tagged": true, "model.deleted": true,
  "dataset.visibility_changed": true, "dataset.deleted": true,
  "project.created": true, "project.archived": true, "project.restored": true, "project.visibility_changed": true,
  "project.deleted": true,
  "account.registered": true, "account.role_changed": true, "account.disabled": true, "account.enabled": true,
  "account.deleted": true, "account.quota_set": true,
};

/** All there are; the compiler holds them against the api's. */
export const EVENT_NAMES = Object.keys(NAMES) as EventName[];
export const AGGREGATES = [...new Set(EVENT_NAMES.map((name) => name.split(".")[0]))] as AggregateName[];
export const PLATFORMS = ["x86", "cuda", "arm", "any"] as const satisfies readonly Platform[];

/** Types that can happen to the chosen kinds of things; all, if none is chosen. */
export function typesOf(aggregates: readonly AggregateName[]): EventName[] {
  return aggregates.length ? EVENT_NAMES.filter((name) => aggregates.some((one) => name.startsWith(`${one}.`))) : EVENT_NAMES;
}

export interface Thing {
  aggregate: string;
  platform: string;
  id: string;
}

/** What an event happened to: `<aggregate>.<platform>.<id>`. */
export function thingOf(subject: string): Thing {
  const [aggregate = "", platform = "", id = ""] = subject.split(".");
  return { aggregate, platform, id };
}

const PAGES: Record<string, (id: string) => string> = {
  task: (id) => `/runs/${id}/history`,
  model: (id) => `/models/${id}`,
  runner: () => "/devices",
  dataset: () => "/datasets",
};

/** Where it can be looked at, if it has a page. */
export const pageOf = ({ aggregate, id }: Thing): string | null => PAGES[aggregate]?.(id) ?? null;

const MOST_FACTS = 4;

/** The first plain values of what an event tells, for a line in a list. */
export function summary(data: Readonly<Record<string, unknown>>): string {
  return Object.entries(data)
    .filter(([, value]) => value !== null && typeof value !== "object")
    .slice(0, MOST_FACTS)
    .map(([name, value]) => `${name} ${String(value).slice(0, 40)}`)
    .join(" · ");
}
