import type { RouteRecordRaw } from "vue-router";

/** The comparison of runs that a link opened. */
export default {
  path: "/shared/compare",
  name: "shared-compare",
  component: () => import("../compare/ComparePage.vue"),
  props: { shared: true },
  meta: { open: true },
} satisfies RouteRecordRaw;
