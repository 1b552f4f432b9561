import { computed, ref } from "vue";
import { askedAhead } from "./ahead";

/** The cookie that our own pages can read; the session's other two are hidden from scripts. Its name is the installation's own: the api tells it in the page. */
const CSRF_COOKIE = document.querySelector<HTMLMetaElement>("meta[name=mgeprof-csrf-cookie]")?.content ?? "";
/** How all of their names begin: what `npm run dev` goes by, whose page the api has not seen. */
const ANY_CSRF_COOKIE = "mgeprof_csrf_";
const CSRF_HEADER = "X-CSRF-Token";
const REFRESH = "/api/v1/auth/refresh";
const UNKNOWN = 401;

function cookie(): { name: string; value: string } | null {
  const found = document.cookie.split("; ").find((one) => one.startsWith(CSRF_COOKIE ? `${CSRF_COOKIE}=` : ANY_CSRF_COOKIE));
  const at = found?.indexOf("=") ?? -1;
  return found && at > 0 ? { name: found.slice(0, at), value: decodeURIComponent(found.slice(at + 1)) } : null;
}

const csrf = (): string | null => cookie()?.value ?? null;

const hasSession = ref(csrf() !== null);

/** Whether this browser has a session. What it is good for, the api says. */
export const isIn = computed(() => hasSession.value);

/** Looks at the cookies again: after logging in or out. */
export function lookAgain(): void {
  hasSession.value = csrf() !== null;
}

/** The session is over: without the cookie nobody asks to renew it any more. */
function forget(): void {
  const name = cookie()?.name;
  if (name) document.cookie = `${name}=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT`;
}

function marked(request: Request): Request {
  const token = csrf();
  if (token !== null) request.headers.set(CSRF_HEADER, token);
  return request;
}

let refreshing: Promise<boolean> | null = null;

/** New tokens for the session, asked for once however many requests wait for them. */
async function refresh(): Promise<boolean> {
  const asked = new Request(REFRESH, { method: "POST", body: "{}", headers: { "Content-Type": "application/json" } });
  refreshing ??= fetch(marked(asked))
    .then((answer) => {
      if (answer.status === UNKNOWN) forget();
      return answer.ok;
    })
    .finally(() => {
      refreshing = null;
      lookAgain();
    });
  return refreshing;
}

/** What the generated client fetches with: an access token that has run out is renewed, and the request made again; also when there is no session any more, for what a link opens. */
export async function sessionFetch(given: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(given, init);
  const again = request.clone();
  const answer = (await askedAhead(request)) ?? (await fetch(marked(request)));
  if (answer.status !== UNKNOWN || csrf() === null || request.url.includes("/auth/")) return answer;
  return (await refresh()) || csrf() === null ? fetch(marked(again)) : answer;
}
