import type { RouteRecordRaw } from "vue-router";

export default { path: "/events", name: "events", component: () => import("./EventsPage.vue"), meta: { nav: 50 } } satisfies RouteRecordRaw;
