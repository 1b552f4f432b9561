import type { Language } from "element-plus/es/locale";
import en from "element-plus/es/locale/lang/en";
import zh from "element-plus/es/locale/lang/zh-cn";
import { computed, type ComputedRef } from "vue";
import { useI18n } from "vue-i18n";

/** Element Plus's own words in the language of the interface. */
export function useElementLocale(): ComputedRef<Language> {
  const { locale } = useI18n();
  return computed(() => (locale.value === "zh" ? zh : en));
}
