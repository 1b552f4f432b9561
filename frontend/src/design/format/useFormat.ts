import { createSharedComposable, useIntervalFn, useNow } from "@vueuse/core";
import { computed } from "vue";
import { useI18n } from "vue-i18n";
import * as quantities from "./quantities";

const NONE = "–";
const TOLD_EVERY_MS = 15_000;

/** One clock for all who tell how long ago something was. */
const useClock = createSharedComposable(() => useNow({ scheduler: (tell) => useIntervalFn(tell, TOLD_EVERY_MS) }));

type Maybe<T> = T | null | undefined;

/** Formats in the language of the interface; what is not known is a dash. */
export function useFormat() {
  const { locale } = useI18n();
  const language = computed(() => (locale.value === "zh" ? "zh-CN" : "en"));
  const now = useClock();
  const known = <T>(value: Maybe<T>, write: (value: T) => string): string =>
    value === null || value === undefined ? NONE : write(value);
  return {
    duration: (seconds: Maybe<number>) => known(seconds, (it) => quantities.duration(it, language.value)),
    bytes: (count: Maybe<number>) => known(count, (it) => quantities.bytes(it, language.value)),
    quantity: (value: Maybe<number>, unit = "") => known(value, (it) => quantities.quantity(it, unit, language.value)),
    percent: (share: Maybe<number>) => known(share, (it) => quantities.percent(it, language.value)),
    count: (value: Maybe<number>) => known(value, (it) => quantities.count(it, language.value)),
    shape: (sizes: Maybe<readonly number[]>) => known(sizes, quantities.shape),
    moment: (iso: Maybe<string>) => known(iso, (it) => quantities.moment(it, language.value)),
    ago: (iso: Maybe<string>) => known(iso, (it) => quantities.ago(it, now.value.getTime(), language.value)),
  };
}
