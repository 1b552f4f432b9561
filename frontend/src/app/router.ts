import { createRouter, createWebHistory } from "vue-router";
import { isIn } from "@/api/session";
import { routes } from "./routes";

const CHUNK_GONE = "mgeprof.reloaded";

export const router = createRouter({
  history: createWebHistory(),
  routes,
});

router.beforeEach((to) => {
  return isIn.value || to.meta.open ? true : { name: "login", query: { next: to.fullPath } };
});

router.afterEach((to, from) => {
  if (to.path !== from.path) scrollTo({ top: 0 });
  sessionStorage.removeItem(CHUNK_GONE);
});

// After an update of the server a page's old script is gone: load the new one, once.
router.onError((error, to) => {
  if (!/dynamically imported module|Importing a module|preload/.test(String(error))) throw error;
  if (sessionStorage.getItem(CHUNK_GONE)) throw error;
  sessionStorage.setItem(CHUNK_GONE, "1");
  location.assign(to.fullPath);
});
