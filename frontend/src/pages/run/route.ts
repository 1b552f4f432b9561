import type { RouteRecordRaw } from "vue-router";

export default {
  path: "/runs/:id/:tab?",
  name: "run",
  component: () => import("./RunPage.vue"),
  props: true,
} satisfies RouteRecordRaw;
