import { VueQueryPlugin } from "@tanstack/vue-query";
import { createApp } from "vue";
import { makeQueryClient } from "@/api/queries";
import App from "@/app/App.vue";
import { router } from "@/app/router";
import "@/design/theme.css";
import { i18n, preferredLocale, useLocale } from "@/i18n";

useLocale(preferredLocale());
createApp(App)
  .use(i18n)
  .use(router)
  .use(VueQueryPlugin, { queryClient: makeQueryClient(() => i18n.global.locale.value) })
  .mount("#app");
