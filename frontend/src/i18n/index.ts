import { createI18n } from "vue-i18n";

export const LOCALES = ["en", "zh"] as const;
export type Locale = (typeof LOCALES)[number];

const STORED = "mgeprof.locale";
const LOADERS = { en: () => import("./en"), zh: () => import("./zh") };

export const i18n = createI18n({
  legacy: false,
  locale: "en",
  fallbackLocale: "en",
  missingWarn: import.meta.env.DEV,
  fallbackWarn: import.meta.env.DEV,
});

/** What was chosen last, else what the browser prefers. */
export function preferredLocale(): Locale {
  const stored = localStorage.getItem(STORED);
  if (stored === "en" || stored === "zh") return stored;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** Switches the whole interface. The words of a language are fetched the first time that it is wanted. */
export async function useLocale(locale: Locale): Promise<void> {
  const messages = (await LOADERS[locale]()).default;
  i18n.global.setLocaleMessage(locale, messages);
  i18n.global.locale.value = locale;
  document.documentElement.lang = locale === "zh" ? "zh-CN" : "en";
  localStorage.setItem(STORED, locale);
}
