import type { RouteRecordRaw } from "vue-router";

export default {
  path: "/admin/:tab(users|invitations|runs|runners|storage|audit)?",
  name: "admin",
  component: () => import("./AdminPage.vue"),
  props: true,
  meta: { nav: 90, role: "admin" },
} satisfies RouteRecordRaw;
