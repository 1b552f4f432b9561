import { afterEach, expect, it } from "vitest";
import { askedAhead } from "./ahead";
import { SEQUENCE } from "./sequence";

const LIST = "/api/v1/tasks?limit=30";
const request = (address = LIST, init?: RequestInit) => new Request(new URL(address, location.href), init);
const begin = (answer: Response | null = new Response("[]")) => (window.mgeprofAhead = { address: LIST, answer: Promise.resolve(answer) });

afterEach(() => delete window.mgeprofAhead);

it("hands an answer over once, to the same request", async () => {
  begin();
  expect(await askedAhead(request("/api/v1/me"))).toBeNull();
  expect(await (await askedAhead(request()))?.text()).toBe("[]");
  expect(await askedAhead(request())).toBeNull();
});

it("has nothing for commands, nor after one: somebody else may be logged in then", async () => {
  begin();
  expect(await askedAhead(request("/api/v1/auth/logout", { method: "POST" }))).toBeNull();
  expect(await askedAhead(request())).toBeNull();
});

it("has nothing for reads that are to see something later", async () => {
  begin();
  expect(await askedAhead(request(LIST, { headers: { [SEQUENCE]: "7" } }))).toBeNull();
});

it("has nothing where no answer came", async () => {
  begin(null);
  expect(await askedAhead(request())).toBeNull();
});
