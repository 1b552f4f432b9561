import type { RouteRecordRaw } from "vue-router";
import type { Role } from "@/api/generated";

declare module "vue-router" {
  interface RouteMeta {
    /** Place in the top bar, from the left. Its words are `<route's name>.nav`. */
    nav?: number;
    /** Can be seen by whoever is not logged in. */
    open?: boolean;
    /** Who finds it in the top bar; everybody, if not given. The api decides who may use it. */
    role?: Role;
    /** Uses the whole width. */
    wide?: boolean;
  }
}

/** A page brings its own route: `pages/<page>/route.ts`. */
const files = import.meta.glob<RouteRecordRaw | RouteRecordRaw[]>("../pages/*/route.ts", { eager: true, import: "default" });

export const routes: RouteRecordRaw[] = Object.values(files).flat();

/** What the top bar shows, in order. */
export const navigation = routes
  .filter((route) => route.meta?.nav !== undefined)
  .sort((a, b) => (a.meta?.nav ?? 0) - (b.meta?.nav ?? 0));
