import type { RouteRecordRaw } from "vue-router";

export default {
  path: "/shared/:id/:tab?",
  name: "shared",
  component: () => import("./SharedPage.vue"),
  props: true,
  meta: { open: true },
} satisfies RouteRecordRaw;
