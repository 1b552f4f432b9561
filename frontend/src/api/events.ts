import { useDocumentVisibility } from "@vueuse/core";
import { type MaybeRefOrGetter, onScopeDispose, ref, toValue, watch } from "vue";
import type { EventResource, StreamEventsData } from "./generated";
import { client } from "./generated/client.gen";
import { know } from "./sequence";

const STREAM = "/api/v1/events/stream";
/** Milliseconds until it is tried again: after a stream that ended, and at the most while none can be had. */
const [SOON, LATEST] = [500, 60_000];

type Wanted = NonNullable<StreamEventsData["query"]>;

/**
 * Everything that happens and that one may see, as it happens. `begun`: from now on nothing is missed, so what was read before has to be read
 * again. Without a stream (`live` is false) whoever needs news has to ask for it.
 *
 * With null for what is wanted there is nothing to follow. A browser has six connections to a server and each stream takes one: a page that nobody looks at lets go of its own.
 */
export function useEvents(wanted: MaybeRefOrGetter<Wanted | null>, begun: () => void, told: (event: EventResource) => void) {
  const live = ref(false);
  const visibility = useDocumentVisibility();
  let following: AbortController | undefined;

  function heard(data: unknown, signal: AbortSignal): void {
    if (signal.aborted) return;
    if (!live.value) {
      live.value = true;
      begun();
    }
    if (typeof data !== "object" || data === null || !("sequence" in data)) return;
    const event = data as EventResource;
    know(event.sequence);
    told(event);
  }

  const isLive = () => live.value;
  async function follow(query: Wanted, signal: AbortSignal): Promise<void> {
    for (let wait = SOON; !signal.aborted; wait = Math.min(LATEST, isLive() ? SOON : 2 * wait)) {
      live.value = false;
      const { stream } = await client.sse.get({
        url: STREAM, query, signal, security: [{ scheme: "bearer", type: "http" }], sseMaxRetryAttempts: 1,
        onSseEvent: ({ data }) => heard(data, signal),
      });
      while (!(await stream.next()).done);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  watch(
    [visibility, () => toValue(wanted)] as const,
    ([now, asked]) => {
      following?.abort();
      live.value = false;
      following = new AbortController();
      if (now === "visible" && asked) void follow(asked, following.signal);
    },
    { immediate: true },
  );
  onScopeDispose(() => following?.abort());
  return { live };
}
