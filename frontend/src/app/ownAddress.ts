/** Where to go after getting in. Only an address of ours: `next` may come from a link of somebody else. */
export function ownAddress(next: unknown): string {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : "/";
}
