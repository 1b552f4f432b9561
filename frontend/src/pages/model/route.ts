import type { RouteRecordRaw } from "vue-router";

export default { path: "/models/:id", name: "model", component: () => import("./ModelPage.vue"), props: true } satisfies RouteRecordRaw;
