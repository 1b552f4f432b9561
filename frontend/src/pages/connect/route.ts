import type { RouteRecordRaw } from "vue-router";

export default {
  path: "/connect",
  name: "connect",
  component: () => import("./ConnectPage.vue"),
  meta: { open: true },
} satisfies RouteRecordRaw;
