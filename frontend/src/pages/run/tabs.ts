import { defineAsyncComponent } from "vue";

/** What can be seen of a run. `profile`: only when it was completed. */
export const TABS = {
  summary: { profile: true, view: defineAsyncComponent(() => import("./SummaryTab.vue")) },
  operators: { profile: true, view: defineAsyncComponent(() => import("./OperatorsTab.vue")) },
  types: { profile: true, view: defineAsyncComponent(() => import("./TypesTab.vue")) },
  timeline: { profile: true, view: defineAsyncComponent(() => import("./TimelineTab.vue")) },
  roofline: { profile: true, view: defineAsyncComponent(() => import("./RooflineTab.vue")) },
  memory: { profile: true, view: defineAsyncComponent(() => import("./MemoryTab.vue")) },
  now: { profile: false, view: defineAsyncComponent(() => import("./NowTab.vue")) },
  files: { profile: false, view: defineAsyncComponent(() => import("./FilesTab.vue")) },
  reproduce: { profile: false, view: defineAsyncComponent(() => import("./ReproduceTab.vue")) },
  history: { profile: false, view: defineAsyncComponent(() => import("./HistoryTab.vue")) },
} as const;

export type Tab = keyof typeof TABS;

/** The tabs that have something to show, in order; the first is where a link without a tab leads. */
export function tabsFor(completed: boolean): Tab[] {
  const all = Object.keys(TABS) as Tab[];
  return all.filter((tab) => (completed ? tab !== "now" : !TABS[tab].profile));
}
