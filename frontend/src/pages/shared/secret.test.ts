import { expect, it } from "vitest";
import { secretFromAddress } from "./secret";

it("takes the secret out of the address", () => {
  location.hash = "#mgs_abc-DEF_123";
  expect(secretFromAddress()).toBe("mgs_abc-DEF_123");
  expect(location.hash).toBe("");
  expect(secretFromAddress()).toBeNull();
});

it("leaves other fragments alone", () => {
  location.hash = "#top";
  expect(secretFromAddress()).toBeNull();
  expect(location.hash).toBe("#top");
});
