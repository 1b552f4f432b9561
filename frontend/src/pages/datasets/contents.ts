import type { DatasetResource } from "@/api/generated";

/** What a dataset gives to which inputs, a word for each: the input's name, and how it is filled where no file does it. */
export function contentsOf({ inputs = {}, random = {}, archives = [] }: Pick<DatasetResource, "inputs" | "random" | "archives">, made: string): string[] {
  return [
    ...Object.keys(inputs),
    ...Object.entries(random).map(([name, one]) => `${name} (${made}: ${one.distribution})`),
    ...archives.map((_id, at) => `.npz ${at + 1}`),
  ];
}
