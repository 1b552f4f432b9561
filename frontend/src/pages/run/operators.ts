/** What a table of operators is asked for. `least` in seconds; `sort` with `-` from the largest down. */
export interface Wanted {
  name: string;
  types: readonly string[];
  least: number;
  sort: string;
}

interface Sortable {
  name: string;
  type: string;
  time_s: number | null;
}

/** A part of the name, or a pattern with `*`. */
function nameTest(pattern: string): (name: string) => boolean {
  const wanted = pattern.trim().toLowerCase();
  if (!wanted.includes("*")) return (name) => name.toLowerCase().includes(wanted);
  const parts = wanted.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const whole = new RegExp(`^${parts.join(".*")}$`);
  return (name) => whole.test(name.toLowerCase());
}

/** The operators that match, sorted; what is not known stands last either way. Ten thousand take some milliseconds. */
export function matching<Operator extends Sortable>(operators: readonly Operator[], wanted: Wanted): Operator[] {
  const named = nameTest(wanted.name);
  const types = new Set(wanted.types);
  const found = operators.filter(
    (one) => named(one.name) && (!types.size || types.has(one.type)) && (!wanted.least || (one.time_s ?? 0) >= wanted.least),
  );
  const key = wanted.sort.replace(/^-/, "") as keyof Operator;
  const sign = wanted.sort.startsWith("-") ? -1 : 1;
  return found.sort((a, b) => compare(a[key], b[key], sign));
}

function compare(a: unknown, b: unknown, sign: number): number {
  if (a === null || a === undefined) return b === null || b === undefined ? 0 : 1;
  if (b === null || b === undefined) return -1;
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  return typeof a === "string" && typeof b === "string" ? sign * a.localeCompare(b) : 0;
}
