import { expect, it } from "vitest";
import { ownAddress } from "./useConnect";

it.each([
  ["/runs?state=failed", "/runs?state=failed"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["https://evil.example", "/"],
  [undefined, "/"],
])("after connecting, %s leads to %s", (next, path) => expect(ownAddress(next)).toBe(path));
