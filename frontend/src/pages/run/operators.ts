import { sorted } from "@/design/table/sorted";

/** What a table of operators is asked for. `least` and `most` in seconds, null for no limit; `sort` with `-` from the largest down. */
export interface Wanted {
  name: string;
  types: readonly string[];
  dtypes: readonly string[];
  least: number | null;
  most: number | null;
  sort: string;
}

interface Sortable {
  name: string;
  type: string;
  time_s: number | null;
  input_dtypes: readonly (string | null)[];
}

const EXPRESSION = /^\/(.+)\/$/;

/** A part of the name, a pattern with `*`, or a regular expression between slashes; one that is not finished yet finds nothing. */
function nameTest(pattern: string): (name: string) => boolean {
  const wanted = pattern.trim();
  const expression = EXPRESSION.exec(wanted)?.[1];
  if (expression !== undefined) return expressionTest(expression);
  if (!wanted.includes("*")) return (name) => name.toLowerCase().includes(wanted.toLowerCase());
  const parts = wanted.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return expressionTest(`^${parts.join(".*")}$`);
}

function expressionTest(expression: string): (name: string) => boolean {
  try {
    const test = new RegExp(expression, "i");
    return (name) => test.test(name);
  } catch {
    return () => false;
  }
}

/** The operators that match, sorted; what is not known stands last either way. Ten thousand take some milliseconds. */
export function matching<Operator extends Sortable>(operators: readonly Operator[], wanted: Wanted): Operator[] {
  const named = nameTest(wanted.name);
  const [types, dtypes] = [new Set(wanted.types), new Set(wanted.dtypes)];
  const found = operators.filter(
    (one) =>
      named(one.name) && (!types.size || types.has(one.type)) && (!dtypes.size || one.input_dtypes.some((dtype) => dtype !== null && dtypes.has(dtype))) &&
      (wanted.least === null || (one.time_s ?? 0) >= wanted.least) && (wanted.most === null || (one.time_s ?? 0) <= wanted.most),
  );
  return sorted(found, wanted.sort);
}
