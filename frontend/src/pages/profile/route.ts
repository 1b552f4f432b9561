import type { RouteRecordRaw } from "vue-router";

export default {
  path: "/profile/:tab(account|password|sessions|keys|webhooks)?",
  name: "profile",
  component: () => import("./ProfilePage.vue"),
  props: true,
} satisfies RouteRecordRaw;
