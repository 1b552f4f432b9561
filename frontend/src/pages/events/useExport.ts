import { ref, shallowRef } from "vue";
import { saved } from "@/api/download";
import { problemOf, type ProblemError } from "@/api/problem";
import { sessionFetch } from "@/api/session";
import { BrokenChain, Chain } from "./chain";
import { type EventQuery, write } from "./useEventQuery";

/** What a copy is, by its own words. */
export interface Checked {
  events: number;
  digest: string;
}

/** Copies what is asked for as JSON lines, checks the chain of their digests as they come, and hands them to the browser's downloads. */
export function useExport(query: () => EventQuery) {
  const busy = ref(false);
  const checked = shallowRef<Checked | null>(null);
  const broken = ref<number | null>(null);
  const refused = shallowRef<ProblemError | null>(null);

  async function copy(): Promise<void> {
    const words = new URLSearchParams(Object.entries(write(query())).flatMap(([name, value]) => [value].flat().map((one) => [name, one])));
    const response = await sessionFetch(`/api/v1/events/export?${words}`);
    if (!response.ok || !response.body) throw problemOf(await response.json().catch(() => ({})), response);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    const chain = new Chain();
    const [reader, decoder] = [response.body.getReader(), new TextDecoder()];
    let rest = "";
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      parts.push(next.value);
      const lines = (rest + decoder.decode(next.value, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) chain.take(line);
      checked.value = { events: chain.events, digest: "" };
    }
    chain.end();
    saved(new Blob(parts, { type: "application/jsonl" }), "mgeprof-events.jsonl");
    checked.value = { events: chain.events, digest: chain.digest };
  }
  async function save(): Promise<void> {
    [busy.value, checked.value, broken.value, refused.value] = [true, null, null, null];
    try {
      await copy();
    } catch (error) {
      checked.value = null;
      if (error instanceof BrokenChain) broken.value = error.line;
      else refused.value = problemOf(error);
    } finally {
      busy.value = false;
    }
  }
  return { busy, checked, broken, refused, save };
}
