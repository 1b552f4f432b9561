import { useDocumentVisibility } from "@vueuse/core";
import { onScopeDispose, ref, watch } from "vue";
import type { EventResource } from "./generated";
import { client } from "./generated/client.gen";
import { know } from "./sequence";

const STREAM = "/api/v1/events/stream";
/** Milliseconds until it is tried again: after a stream that ended, and at the most while none can be had. */
const [SOON, LATEST] = [500, 60_000];

type Told = Pick<EventResource, "type" | "subject" | "sequence">;

/**
 * Everything that happens and that one may see, as it happens. `begun`: from now on nothing is missed, so what was read before has to be read
 * again. Without a stream (`live` is false) whoever needs news has to ask for it.
 *
 * A browser has six connections to a server and each stream takes one: a page that nobody looks at lets go of its own.
 */
export function useEvents(wanted: { aggregate: string[] }, begun: () => void, told: (event: Told) => void) {
  const live = ref(false);
  const visibility = useDocumentVisibility();
  let following: AbortController | undefined;

  function heard(data: unknown): void {
    if (!live.value) {
      live.value = true;
      begun();
    }
    if (typeof data !== "object" || data === null || !("sequence" in data)) return;
    know((data as Told).sequence);
    told(data as Told);
  }

  const isLive = () => live.value;
  async function follow(signal: AbortSignal): Promise<void> {
    for (let wait = SOON; !signal.aborted; wait = Math.min(LATEST, isLive() ? SOON : 2 * wait)) {
      live.value = false;
      const { stream } = await client.sse.get({
        url: STREAM, query: wanted, signal, security: [{ scheme: "bearer", type: "http" }], sseMaxRetryAttempts: 1,
        onSseEvent: ({ data }) => heard(data),
      });
      while (!(await stream.next()).done);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  watch(
    visibility,
    (now) => {
      following?.abort();
      live.value = false;
      following = new AbortController();
      if (now === "visible") void follow(following.signal);
    },
    { immediate: true },
  );
  onScopeDispose(() => following?.abort());
  return { live };
}
