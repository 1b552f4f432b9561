import { ref, type Ref } from "vue";

/** Moving through rows by keyboard: arrows, page keys, Home and End move; Enter opens. */
export function useRowKeys(count: () => number, page: () => number, show: (row: number) => void, open: (row: number) => void) {
  const active: Ref<number> = ref(-1);

  function target(key: string): number | undefined {
    const last = count() - 1;
    const steps: Record<string, number> = {
      ArrowDown: active.value + 1,
      ArrowUp: active.value - 1,
      PageDown: active.value + page(),
      PageUp: active.value - page(),
      Home: 0,
      End: last,
    };
    const to = steps[key];
    return to === undefined ? undefined : Math.max(0, Math.min(last, to));
  }

  function pressed(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget || count() === 0) return;
    if (event.key === "Enter" && active.value >= 0) open(active.value);
    const to = target(event.key);
    if (to === undefined) return;
    event.preventDefault();
    active.value = to;
    show(to);
  }
  return { active, pressed };
}
