import type { RouteRecordRaw } from "vue-router";

export default {
  path: "/shared/sweeps/:id",
  name: "shared-sweep",
  component: () => import("./SharedSweepPage.vue"),
  props: true,
  meta: { open: true },
} satisfies RouteRecordRaw;
