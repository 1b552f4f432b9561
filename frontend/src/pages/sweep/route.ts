import type { RouteRecordRaw } from "vue-router";

export default { path: "/sweeps/:id", name: "sweep", component: () => import("./SweepPage.vue"), props: true } satisfies RouteRecordRaw;
