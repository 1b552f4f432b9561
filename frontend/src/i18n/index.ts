import { createI18n } from "vue-i18n";
import en from "./en";
import zh from "./zh";

export const LOCALES = ["en", "zh"] as const;
export type Locale = (typeof LOCALES)[number];

const STORED = "mgeprof.locale";

export const i18n = createI18n({
  legacy: false,
  locale: "en",
  fallbackLocale: "en",
  // Ten kilobytes for each, which take less time than to ask for them does.
  messages: { en, zh },
  missingWarn: import.meta.env.DEV,
  fallbackWarn: import.meta.env.DEV,
});

/** What was chosen last, else what the browser prefers. */
export function preferredLocale(): Locale {
  const stored = localStorage.getItem(STORED);
  if (stored === "en" || stored === "zh") return stored;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** Switches the whole interface. */
export function useLocale(locale: Locale): void {
  i18n.global.locale.value = locale;
  document.documentElement.lang = locale === "zh" ? "zh-CN" : "en";
  localStorage.setItem(STORED, locale);
}
