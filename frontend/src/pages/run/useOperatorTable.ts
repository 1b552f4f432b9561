import { computed, type Ref, ref } from "vue";
import { useI18n } from "vue-i18n";
import { useRoute } from "vue-router";
import type { OperatorResource } from "@/api/generated";
import { useFormat } from "@/design/format/useFormat";
import type { Column } from "@/design/table/columns";
import { matching } from "./operators";

type Write = (operator: OperatorResource) => string;

const ALWAYS = ["order", "name", "type", "time_s", "share"];
const AT_FIRST = ["spread", "input_shapes", "output_shapes", "computation", "flops"];
const WIDTHS: Record<string, string> = {
  order: "64px",
  name: "minmax(210px, 2fr)",
  type: "minmax(160px, 1fr)",
  input_shapes: "minmax(150px, 1fr)",
  output_shapes: "minmax(120px, 1fr)",
  flops: "124px",
  bandwidth: "124px",
};
const WORDS = new Set(["name", "type", "input_shapes", "output_shapes", "input_dtypes"]);
const MICRO = 1e-6;
const UNSORTED = new Set(["input_shapes", "output_shapes", "input_dtypes"]);

/** The cells of an operator's row, by column. */
function useCells(): Record<string, Write> {
  const format = useFormat();
  const shapes = (all: readonly (readonly number[])[]) => all.map((one) => format.shape(one)).join(", ");
  return {
    order: (one) => format.count(one.order),
    name: (one) => one.name,
    type: (one) => one.type,
    time_s: (one) => format.duration(one.time_s),
    share: (one) => format.percent(one.share),
    p90_s: (one) => format.duration(one.p90_s),
    min_s: (one) => format.duration(one.min_s),
    max_s: (one) => format.duration(one.max_s),
    spread: (one) => format.percent(one.spread),
    wait_s: (one) => format.duration(one.wait_s),
    host_s: (one) => format.duration(one.host_s),
    input_shapes: (one) => shapes(one.input_shapes),
    output_shapes: (one) => shapes(one.output_shapes),
    input_dtypes: (one) => one.input_dtypes.filter(Boolean).join(", "),
    computation: (one) => format.quantity(one.computation, "FLOP"),
    memory: (one) => format.bytes(one.memory),
    flops: (one) => format.quantity(one.flops, "FLOP/s"),
    bandwidth: (one) => format.quantity(one.bandwidth, "B/s"),
  };
}

/** Filters, order and columns of the table of operators. */
export function useOperatorTable(operators: Ref<readonly OperatorResource[]>) {
  const { t } = useI18n();
  const route = useRoute();
  const cells = useCells();
  const name = ref(typeof route.query.q === "string" ? route.query.q : "");
  const types = ref<string[]>(typeof route.query.type === "string" ? [route.query.type] : []);
  const dtypes = ref<string[]>([]);
  /** In microseconds, as they are typed. */
  const [least, most] = [ref<number | null>(null), ref<number | null>(null)];
  const sort = ref("-time_s");
  const shown = ref(AT_FIRST);

  const all = Object.keys(cells);
  const optional = all.filter((key) => !ALWAYS.includes(key));
  const columns = computed<Column[]>(() =>
    all
      .filter((key) => ALWAYS.includes(key) || shown.value.includes(key))
      .map((key) => ({
        key,
        title: t(`run.operator.${key}`),
        width: WIDTHS[key] ?? "104px",
        numeric: !WORDS.has(key),
        mono: key.endsWith("shapes"),
        drawn: key === "order",
        ...(UNSORTED.has(key) ? {} : { sort: key }),
      })),
  );
  const found = computed(() =>
    matching(operators.value, {
      name: name.value, types: types.value, dtypes: dtypes.value, sort: sort.value,
      least: least.value === null ? null : least.value * MICRO, most: most.value === null ? null : most.value * MICRO,
    }),
  );
  const known = computed(() => [...new Set(operators.value.map((one) => one.type))].sort());
  const readTypes = computed(() => [...new Set(operators.value.flatMap((one) => one.input_dtypes))].filter((one) => one !== null).sort());
  return { name, types, dtypes, readTypes, least, most, sort, shown, optional, columns, found, known, cell: (one: OperatorResource, key: string) => cells[key]?.(one) ?? "" };
}
