import type { RouteRecordRaw } from "vue-router";
import RunsPage from "./RunsPage.vue";

export default [
  { path: "/", redirect: { name: "runs" } },
  { path: "/runs", name: "runs", component: RunsPage, meta: { nav: 10 } },
] satisfies RouteRecordRaw[];
