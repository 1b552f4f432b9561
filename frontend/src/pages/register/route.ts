import type { RouteRecordRaw } from "vue-router";

export default {
  path: "/register",
  name: "register",
  component: () => import("./RegisterPage.vue"),
  meta: { open: true },
} satisfies RouteRecordRaw;
