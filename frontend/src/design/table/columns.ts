/** A column of a table: `numeric` ones are set right in even figures, `sort` names what it sorts by. */
export interface Column<K extends string = string> {
  key: K;
  title: string;
  /** As CSS writes the tracks of a grid. */
  width: string;
  numeric?: boolean;
  /** Set in the type of code. */
  mono?: boolean;
  sort?: string;
  /** Holds more than words: the table's slot draws it. */
  drawn?: boolean;
}

const PADDING = 24;

/** Pixels that a row needs: the fixed widths and the least of the elastic ones, `minmax(240px, 2fr)`. */
export function leastWidth(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + Number(/(\d+)px/.exec(column.width)?.[1] ?? 0), PADDING);
}

/** The sorting after a click on a column: largest first, then the other way round. */
export function nextSort(present: string, wanted: string): string {
  return present === `-${wanted}` ? wanted : `-${wanted}`;
}

/** What assistive technology is told about a column. */
export function ariaSort(present: string, column: Column): "ascending" | "descending" | "none" | undefined {
  if (column.sort === undefined) return undefined;
  if (present === column.sort) return "ascending";
  return present === `-${column.sort}` ? "descending" : "none";
}
