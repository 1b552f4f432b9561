import type { RouteRecordRaw } from "vue-router";

export default { path: "/datasets", name: "datasets", component: () => import("./DatasetsPage.vue"), meta: { nav: 30 } } satisfies RouteRecordRaw;
