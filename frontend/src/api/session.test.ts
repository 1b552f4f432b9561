import { beforeEach, expect, it, vi } from "vitest";

const NEIGHBOUR = "mgeprof_csrf_aaaaaaaa";
const OURS = "mgeprof_csrf_bbbbbbbb";

/** The module, as a page that was told this name loads it. */
async function loaded(name: string): Promise<typeof import("./session")> {
  document.head.innerHTML = `<meta name="mgeprof-csrf-cookie" content="${name}" />`;
  vi.resetModules();
  return import("./session");
}

beforeEach(() => {
  for (const name of [NEIGHBOUR, OURS]) document.cookie = `${name}=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT`;
});

it("takes no notice of another installation's session on the same host", async () => {
  document.cookie = `${NEIGHBOUR}=theirs; path=/`;
  const { isIn, lookAgain } = await loaded(OURS);
  expect(isIn.value).toBe(false);
  document.cookie = `${OURS}=ours; path=/`;
  lookAgain();
  expect(isIn.value).toBe(true);
});

it("marks requests with the own session's token", async () => {
  document.cookie = `${NEIGHBOUR}=theirs; path=/`;
  document.cookie = `${OURS}=ours; path=/`;
  const asked = vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response());
  const { sessionFetch } = await loaded(OURS);
  await sessionFetch("http://localhost/api/v1/me");
  expect((asked.mock.calls[0]?.[0] as Request).headers.get("X-CSRF-Token")).toBe("ours");
  asked.mockRestore();
});

it("asks once more without a session when that is over", async () => {
  document.cookie = `${OURS}=ours; path=/`;
  const asked = vi.spyOn(globalThis, "fetch").mockImplementation((request) =>
    Promise.resolve(new Response(null, { status: (request as Request).headers.has("X-CSRF-Token") ? 401 : 200 })),
  );
  const { isIn, sessionFetch } = await loaded(OURS);
  expect((await sessionFetch("http://localhost/api/v1/tasks/1")).status).toBe(200);
  expect(isIn.value).toBe(false);
  expect(asked.mock.calls.map(([request]) => new URL((request as Request).url).pathname)).toEqual(["/api/v1/tasks/1", "/api/v1/auth/refresh", "/api/v1/tasks/1"]);
  asked.mockRestore();
});

it("goes by any session where the page was told no name", async () => {
  document.cookie = `${NEIGHBOUR}=theirs; path=/`;
  expect((await loaded("")).isIn.value).toBe(true);
});
