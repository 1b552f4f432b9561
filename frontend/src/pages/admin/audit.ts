import type { ActResource, ListActsData } from "@/api/generated";

type Asked = Pick<NonNullable<ListActsData["query"]>, "thing" | "type" | "since" | "until">;

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An id looks for the thing that it names; anything else for kinds of acts. */
export function auditQuery(words: string, span: readonly [Date, Date] | null): Asked {
  const said = words.trim();
  return {
    ...(ID.test(said) ? { thing: said } : said ? { type: said.split(/[\s,]+/) } : {}),
    ...(span ? { since: span[0].toISOString(), until: span[1].toISOString() } : {}),
  };
}

/** Where the thing can be looked at, if it has a page. */
export function thingPath(act: Pick<ActResource, "type" | "thing">): string | null {
  const [aggregate = ""] = act.type.split(".");
  const pages: Record<string, string> = { task: "/runs/", model: "/models/" };
  const page = pages[aggregate];
  return page === undefined ? null : page + act.thing;
}
