import { useI18n } from "vue-i18n";

/** What an event of a run is called: `task.attempt_lost` is "attempt lost". One that these pages do not know yet keeps its own name. */
export function useHappened() {
  const words = useI18n();
  return (type: string): string => {
    const name = type.split(".").at(-1) ?? type;
    return words.te(`run.happened.${name}`) ? words.t(`run.happened.${name}`) : name;
  };
}
