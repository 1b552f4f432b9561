import type { OptionValues } from "./optionGroups";

/** An option that is tried with several values. `said`: the values as somebody typed them. */
export interface TriedOption {
  name: string;
  said: string;
}

const WORDS: Readonly<Record<string, boolean>> = { true: true, yes: true, on: true, false: false, no: false, off: false };

const words = (said: string): string[] => said.split(/[\s,;，、]+/).filter(Boolean);
const valueOf = (word: string): number | boolean | undefined => WORDS[word.toLowerCase()] ?? (Number.isFinite(Number(word)) ? Number(word) : undefined);

/** The values in a text such as `1, 4 8` or `on off`, each once; what is none of them is left out. */
export function valuesOf(said: string): (number | boolean)[] {
  return [...new Set(words(said).flatMap((one) => valueOf(one) ?? []))];
}

/** Whether somebody would miss something: the option or its values are not there, or one of the words is no value. */
export function isUnfinished({ name, said }: TriedOption): boolean {
  const given = words(said);
  return (name === "") !== (given.length === 0) || given.some((one) => valueOf(one) === undefined);
}

/** Every way to combine the tried values, each on top of what is chosen for all. */
export function optionSets(base: OptionValues, tried: readonly TriedOption[]): OptionValues[] {
  const axes = tried.map(({ name, said }) => ({ name, values: valuesOf(said) })).filter((one) => one.name !== "" && one.values.length);
  return axes.reduce<OptionValues[]>((sets, { name, values }) => sets.flatMap((set) => values.map((value) => ({ ...set, [name]: value }))), [base]);
}
