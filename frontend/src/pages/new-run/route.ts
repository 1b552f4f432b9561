import type { RouteRecordRaw } from "vue-router";

export default { path: "/new", name: "new-run", component: () => import("./NewRunPage.vue"), meta: { nav: 5 } } satisfies RouteRecordRaw;
