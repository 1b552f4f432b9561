import type { RouteRecordRaw } from "vue-router";

export default { path: "/sweeps", name: "sweeps", component: () => import("./SweepsPage.vue"), meta: { nav: 15 } } satisfies RouteRecordRaw;
