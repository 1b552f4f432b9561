import type { RouteRecordRaw } from "vue-router";

export default { path: "/models", name: "models", component: () => import("./ModelsPage.vue"), meta: { nav: 20 } } satisfies RouteRecordRaw;
