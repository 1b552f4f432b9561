import { useQuery } from "@tanstack/vue-query";
import { computed, reactive, shallowRef } from "vue";
import { useRoute } from "vue-router";
import type { ModelDetail } from "@/api/generated";
import { getInspectionOptions, getModelOptions, listModelsOptions } from "@/api/generated/@tanstack/vue-query.gen";
import { useUpload, type Upload } from "@/upload/useUpload";

const ASKED_EVERY_MS = 700;
const OFFERED = 100;
const OVER = ["failed", "cancelled", "expired"];

/** The model of the run: one that is uploaded now, or one that is at the server; and what its inspection tells. */
export function useModelChoice() {
  const route = useRoute();
  const upload = shallowRef<Upload | null>(null);
  const chosen = shallowRef<string | null>(typeof route.query.model === "string" ? route.query.model : null);
  const id = computed(() => upload.value?.state.resource ?? chosen.value);
  const path = computed(() => ({ model_id: id.value ?? "" }));

  const models = reactive(useQuery(listModelsOptions({ query: { limit: OFFERED } })));
  const model = useQuery(
    computed(() => ({
      ...getModelOptions({ path: path.value }),
      enabled: id.value !== null,
      refetchInterval: ({ state }: { state: { data?: ModelDetail } }) => (state.data && !state.data.inspected ? ASKED_EVERY_MS : (false as const)),
    })),
  );
  const inspected = computed(() => (model.data.value?.inspected ?? null) !== null);
  const notReady = computed(() => model.data.value !== undefined && !inspected.value);
  const inspection = useQuery(
    computed(() => ({ ...getInspectionOptions({ path: path.value }), enabled: inspected.value, retry: false, staleTime: Infinity })),
  );
  const gaveUp = computed(() => OVER.includes(model.data.value?.inspection?.state ?? ""));

  function take(file: File): void {
    upload.value?.drop();
    chosen.value = null;
    upload.value = useUpload("model", file);
    void upload.value.go();
  }
  function choose(model: string | null): void {
    upload.value?.drop();
    upload.value = null;
    chosen.value = model;
  }
  const inputs = computed(() => (id.value ? (inspection.data.value?.inputs ?? null) : null));
  return { upload, chosen, id, models, model: model.data, inspection: inspection.data, inputs, notReady, gaveUp, take, choose };
}

export type ModelChoice = ReturnType<typeof useModelChoice>;
