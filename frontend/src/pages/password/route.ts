import type { RouteRecordRaw } from "vue-router";

export default {
  path: "/password",
  alias: "/set-password",
  name: "password",
  component: () => import("./PasswordPage.vue"),
  meta: { open: true },
} satisfies RouteRecordRaw;
