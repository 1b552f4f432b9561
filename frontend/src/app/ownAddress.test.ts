import { expect, it } from "vitest";
import { ownAddress } from "./ownAddress";

it.each([
  ["/runs?state=failed", "/runs?state=failed"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["https://evil.example", "/"],
  [undefined, "/"],
])("after getting in, %s leads to %s", (next, path) => expect(ownAddress(next)).toBe(path));
