import type { Variable } from "@/api/generated";
import type { ArrayFacts } from "@/upload/npy";

/** A data file as it can be known before it is uploaded. `facts`: of `.npy` files, null for others. */
export interface DataFile {
  name: string;
  facts: ArrayFacts | null;
}

export type Misfit =
  | { kind: "dtype"; input: string; has: string; wants: string }
  | { kind: "shape"; input: string; has: number[]; wants: number[] }
  | { kind: "unplaced" };

/** `places`: by file, the input that it is for; `misfits`: by file, what speaks against it. */
export interface Matching {
  places: (string | null)[];
  misfits: (Misfit | null)[];
}

/** Whether `resnet-data.npy` or `data.npy` is named after the input `data`. */
export function namedAfter(file: string, input: string): boolean {
  const stem = file.replace(/\.[^.]+$/, "").toLowerCase();
  const wanted = input.toLowerCase();
  return stem === wanted || (stem.endsWith(wanted) && /[-_. ]/.test(stem[stem.length - wanted.length - 1] ?? ""));
}

/** What speaks against a file for an input, as the server would say. */
export function misfitOf(facts: ArrayFacts | null, input: Variable): Misfit | null {
  if (!facts) return null;
  if (facts.dtype !== input.dtype) return { kind: "dtype", input: input.name, has: facts.dtype ?? "?", wants: input.dtype };
  if (input.shape && input.shape.join() !== facts.shape.join()) {
    return { kind: "shape", input: input.name, has: facts.shape, wants: input.shape };
  }
  return null;
}

/**
 * Finds for each file the input that it is for: what was chosen by hand, then by name, then by shape and dtype, then the last
 * file for the last input. Each input is taken once.
 */
export function match(files: readonly DataFile[], inputs: readonly Variable[], chosen: readonly (string | null)[]): Matching {
  const places: (string | null)[] = files.map((_, at) => inputs.find((input) => input.name === chosen[at])?.name ?? null);
  const free = () => inputs.filter((input) => !places.includes(input.name));
  const settle = (fits: (file: DataFile, input: Variable) => boolean) => {
    files.forEach((file, at) => (places[at] ??= free().find((input) => fits(file, input))?.name ?? null));
  };
  settle((file, input) => namedAfter(file.name, input.name));
  settle((file, input) => file.facts !== null && misfitOf(file.facts, input) === null);
  if (places.filter((place) => place === null).length === 1 && free().length === 1) settle(() => true);
  const misfits = files.map((file, at): Misfit | null => {
    const input = inputs.find((one) => one.name === places[at]);
    return input ? misfitOf(file.facts, input) : { kind: "unplaced" };
  });
  return { places, misfits };
}
