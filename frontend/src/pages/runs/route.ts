import type { RouteRecordRaw } from "vue-router";

export default [
  { path: "/", redirect: { name: "runs" } },
  { path: "/runs", name: "runs", component: () => import("./RunsPage.vue"), meta: { nav: 10 } },
] satisfies RouteRecordRaw[];
