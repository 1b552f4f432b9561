import { describe, expect, it } from "vitest";
import en from "./en";
import type { Words } from "./gather";
import zh from "./zh";

/** Every sentence by its path. */
function flat(words: Words, at = ""): Map<string, string> {
  return new Map(
    Object.entries(words).flatMap(([name, value]) =>
      typeof value === "string" ? [[at + name, value] as const] : [...flat(value, `${at}${name}.`)],
    ),
  );
}

const placeholders = (sentence: string) => [...new Set(sentence.match(/\{\w+\}/g))].sort();

describe("the two languages", () => {
  const [english, chinese] = [flat(en), flat(zh)];

  it("say the same things", () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it.each([...english])("%s has the same placeholders", (path, sentence) => {
    expect(placeholders(chinese.get(path) ?? "")).toEqual(placeholders(sentence));
  });

  it.each([...chinese])("%s is not empty", (_path, sentence) => {
    expect(sentence.trim()).not.toBe("");
  });
});
