import { useQuery } from "@tanstack/vue-query";
import { computed, reactive, ref, shallowReactive, type Ref } from "vue";
import type { RandomInput, Variable } from "@/api/generated";
import { listDatasetsOptions } from "@/api/generated/@tanstack/vue-query.gen";
import { type ArrayFacts, HEADER_BYTES, readNpy } from "@/upload/npy";
import { useUpload, type Upload } from "@/upload/useUpload";
import { match } from "./matching";

export type Source = "files" | "random" | "dataset" | "same";

interface GivenFile {
  upload: Upload;
  facts: ArrayFacts | null;
  /** The input that somebody chose by hand. */
  chosen: string | null;
}

const BYTE_RANGE = { low: 0, high: 255 };

/** What an input is filled with when nobody says more: numbers as after normalising an image, or whole ones as of its bytes. */
export function madeUp(input: Variable, seed: number): RandomInput {
  return input.dtype.startsWith("float") ? { distribution: "normal", seed } : { distribution: "integers", seed, ...range(input.dtype) };
}

function range(dtype: string): { low: number; high: number } {
  if (dtype === "bool") return { low: 0, high: 1 };
  return dtype === "int8" ? { low: -128, high: 127 } : BYTE_RANGE;
}

/** The data of the run: files, made-up numbers, or a dataset. */
export function useInputData(inputs: Ref<readonly Variable[] | null>) {
  const source = ref<Source>("random");
  const seed = ref(0);
  const dataset = ref<string | null>(null);
  const files = shallowReactive<GivenFile[]>([]);
  const datasets = reactive(useQuery(listDatasetsOptions()));

  async function take(given: readonly File[]): Promise<void> {
    source.value = "files";
    for (const file of given) {
      const facts = readNpy(new Uint8Array(await file.slice(0, HEADER_BYTES).arrayBuffer()));
      const upload = useUpload("input", file);
      files.push({ upload, facts, chosen: null });
      void upload.go();
    }
  }
  function place(at: number, input: string | null): void {
    const file = files[at];
    if (file) files[at] = { ...file, chosen: input };
  }
  function remove(at: number): void {
    for (const file of files.splice(at, 1)) file.upload.drop();
  }
  const matching = computed(() =>
    match(files.map(({ upload, facts }) => ({ name: upload.state.name, facts })), inputs.value ?? [], files.map((file) => file.chosen)),
  );
  const missing = computed(() => (inputs.value ?? []).filter((input) => !matching.value.places.includes(input.name)));
  const ready = computed(() => {
    if (source.value === "dataset") return dataset.value !== null;
    if (source.value === "same") return true;
    if (source.value === "random") return inputs.value !== null;
    return !missing.value.length && !matching.value.misfits.some(Boolean) && files.every((file) => file.upload.state.phase === "done");
  });

  /** The fields of a request for a task. */
  function asked() {
    if (source.value === "same") return {};
    if (source.value === "dataset") return { dataset: dataset.value };
    if (source.value === "random") {
      return { random: Object.fromEntries((inputs.value ?? []).map((input, at) => [input.name, madeUp(input, seed.value + at)])) };
    }
    const { places } = matching.value;
    return { inputs: Object.fromEntries(files.map((file, at) => [places[at] ?? "", file.upload.state.resource ?? ""])) };
  }
  return { source, seed, dataset, datasets, files, matching, missing, ready, take, place, remove, asked };
}

export type InputData = ReturnType<typeof useInputData>;
