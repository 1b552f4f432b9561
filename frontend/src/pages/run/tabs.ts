import { type Component, defineAsyncComponent } from "vue";

interface View {
  /** Only when the run was completed. */
  profile: boolean;
  /** Only for whom the run belongs to. */
  own?: boolean;
  /** Has parts that somebody who was only given a link may not ask for. */
  asks?: boolean;
  view: Component;
}

const VIEWS = {
  summary: { profile: true, view: defineAsyncComponent(() => import("./SummaryTab.vue")) },
  operators: { profile: true, view: defineAsyncComponent(() => import("./OperatorsTab.vue")) },
  types: { profile: true, view: defineAsyncComponent(() => import("./TypesTab.vue")) },
  graph: { profile: true, asks: true, view: defineAsyncComponent(() => import("./GraphTab.vue")) },
  timeline: { profile: true, view: defineAsyncComponent(() => import("./TimelineTab.vue")) },
  roofline: { profile: true, view: defineAsyncComponent(() => import("./RooflineTab.vue")) },
  memory: { profile: true, view: defineAsyncComponent(() => import("./MemoryTab.vue")) },
  now: { profile: false, view: defineAsyncComponent(() => import("./NowTab.vue")) },
  files: { profile: false, view: defineAsyncComponent(() => import("./FilesTab.vue")) },
  reproduce: { profile: false, view: defineAsyncComponent(() => import("./ReproduceTab.vue")) },
  share: { profile: false, own: true, view: defineAsyncComponent(() => import("./ShareTab.vue")) },
  history: { profile: false, asks: true, view: defineAsyncComponent(() => import("./HistoryTab.vue")) },
  replay: { profile: false, asks: true, view: defineAsyncComponent(() => import("./ReplayTab.vue")) },
} as const satisfies Record<string, View>;

export type Tab = keyof typeof VIEWS;

/** What can be seen of a run. */
export const TABS: Record<Tab, View> = VIEWS;

/** The tabs that have something to show, in order; the first is where a link without a tab leads. */
export function tabsFor(completed: boolean, own: boolean): Tab[] {
  const all = Object.keys(TABS) as Tab[];
  return all.filter((tab) => (completed ? tab !== "now" : !TABS[tab].profile) && (own || !TABS[tab].own));
}
