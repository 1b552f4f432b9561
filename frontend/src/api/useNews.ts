const [GATHERED, MOST] = [250, 200];

/**
 * News as they come, handed on together: `act` is never busy twice at once, and what comes meanwhile is handed on after it. Without an id
 * everything may have changed.
 */
export function useNews(act: (changed: ReadonlySet<string>) => Promise<unknown>) {
  let changed = new Set<string>();
  let pending = false;
  let busy = false;

  async function hand(): Promise<void> {
    while (pending) {
      await new Promise((resolve) => setTimeout(resolve, GATHERED));
      const now = changed;
      [changed, pending] = [new Set(), false];
      await act(now);
    }
    busy = false;
  }
  function hear(id?: string): void {
    pending = true;
    if (id !== undefined && changed.size < MOST) changed.add(id);
    if (busy) return;
    busy = true;
    void hand();
  }
  return { hear };
}
