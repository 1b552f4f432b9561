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
    column("state", "130px", { drawn: true }),
    column("name", "minmax(200px, 2fr)", { drawn: true }),
    column("model", "minmax(140px, 1.3fr)"),
    ...(everybodys() ? [column("owner", "120px")] : []),
    column("platform", "84px"),
    column("engine", "108px"),
    column("device", "minmax(110px, 1fr)"),
    column("latency", "116px", { numeric: true, sort: "latency" }),
    column("device_time", "122px", { numeric: true, sort: "device_time" }),
    column("took", "96px", { numeric: true }),
    column("submitted_at", "150px", { numeric: true, drawn: true, sort: "submitted_at" }),
  ]);
}
