import { expect, it } from "vitest";
import ahead from "../../../public/ahead.js?raw";
import { client } from "@/api/generated/client.gen";
import { parse } from "./useRunQuery";
import { asked } from "./useRuns";

it("asks for the plain list in the words in which it is asked for ahead", () => {
  // Other tests of the same worker may have told the client another server.
  const { pathname, search } = new URL(client.buildUrl({ url: "/api/v1/tasks", query: asked(parse({})) }), "http://localhost");
  expect(ahead).toContain(`"${pathname}${search}"`);
});
