/** Rows by a column, with `-` from the largest down; what is not known stands last either way. The array itself is sorted. */
export function sorted<Row>(rows: Row[], sort: string): Row[] {
  const key = sort.replace(/^-/, "") as keyof Row;
  const sign = sort.startsWith("-") ? -1 : 1;
  return rows.sort((a, b) => compare(a[key], b[key], sign));
}

function compare(a: unknown, b: unknown, sign: number): number {
  if (a === null || a === undefined) return b === null || b === undefined ? 0 : 1;
  if (b === null || b === undefined) return -1;
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  return typeof a === "string" && typeof b === "string" ? sign * a.localeCompare(b) : 0;
}
