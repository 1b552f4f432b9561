import { expect, it } from "vitest";
import { traceparent } from "./trace";

it("names a trace of its own each time, in the form that W3C asks for", () => {
  const [one, other] = [traceparent(), traceparent()];
  expect(one).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(one).not.toBe(other);
});
