import { computed } from "vue";
import { useI18n } from "vue-i18n";
import type { Column } from "@/design/table/columns";

/** Whose a run is is shown where it may be anybody's. */
export function useRunColumns(everybodys: () => boolean) {
  const { t } = useI18n();
  const column = (key: string, width: string, more: Partial<Column> = {}): Column => ({
    key,
    width,
    title: t(`runs.column.${key}`),
    ...more,
  });
  return computed<Column[]>(() => [
    column("chosen", "44px", { drawn: true }),
    column("state", "118px", { drawn: true }),
    column("name", "minmax(180px, 2fr)", { drawn: true }),
    column("model", "minmax(120px, 1.3fr)"),
    ...(everybodys() ? [column("owner", "104px")] : []),
    column("platform", "80px"),
    column("engine", "98px"),
    column("device", "minmax(100px, 1fr)"),
    column("latency", "112px", { numeric: true, sort: "latency" }),
    column("device_time", "108px", { numeric: true, sort: "device_time" }),
    column("took", "84px", { numeric: true }),
    column("submitted_at", "138px", { numeric: true, drawn: true, sort: "submitted_at" }),
  ]);
}
