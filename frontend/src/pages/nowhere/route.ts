import type { RouteRecordRaw } from "vue-router";

export default {
  path: "/:rest(.*)*",
  name: "nowhere",
  component: () => import("./NowherePage.vue"),
  meta: { open: true },
} satisfies RouteRecordRaw;
