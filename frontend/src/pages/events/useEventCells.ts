import { computed } from "vue";
import { useI18n } from "vue-i18n";
import type { EventResource } from "@/api/generated";
import { brief } from "@/design/format/quantities";
import { useFormat } from "@/design/format/useFormat";
import type { Column } from "@/design/table/columns";
import { summary, thingOf } from "./catalogue";

/** The columns of the log, and the words in them. */
export function useEventCells(nameOf: (id: string) => string) {
  const { t } = useI18n();
  const format = useFormat();
  const column = (key: string, width: string, more: Partial<Column> = {}): Column => ({ key, width, title: t(`events.column.${key}`), ...more });
  const columns = computed<Column[]>(() => [
    column("sequence", "84px", { numeric: true }),
    column("time", "216px"),
    column("type", "minmax(190px, 1fr)", { mono: true }),
    column("thing", "minmax(170px, 1fr)", { drawn: true }),
    column("platform", "84px"),
    column("actor", "minmax(120px, 0.8fr)"),
    column("data", "minmax(160px, 2fr)"),
  ]);
  const cells: Record<string, (event: EventResource) => string> = {
    sequence: (event) => format.count(event.sequence),
    time: (event) => format.moment(event.time),
    type: (event) => event.type,
    thing: ({ subject }) => {
      const { aggregate, id } = thingOf(subject);
      return `${t(`events.aggregate.${aggregate}`)} ${brief(id)}`;
    },
    platform: ({ subject }) => {
      const { platform } = thingOf(subject);
      return platform === "any" ? "–" : platform;
    },
    actor: (event) => nameOf(event.actor),
    data: (event) => summary(event.data),
  };
  return { columns, cell: (event: EventResource, key: string) => cells[key]?.(event) ?? "" };
}
