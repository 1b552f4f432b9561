import { computed, ref } from "vue";
import { credential } from "./credential";

/** The cookie that our own pages can read; the session's other two are hidden from scripts. */
const CSRF_COOKIE = "mgeprof_csrf";
const CSRF_HEADER = "X-CSRF-Token";
const REFRESH = "/api/v1/auth/refresh";

function csrf(): string | null {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${CSRF_COOKIE}=`));
  return found ? decodeURIComponent(found.slice(CSRF_COOKIE.length + 1)) : null;
}

const hasSession = ref(csrf() !== null);

/** Whether this browser has a key or a session. What it is good for, the api says. */
export const isIn = computed(() => credential.value !== null || hasSession.value);

/** Looks at the cookies again: after logging in or out. */
export function lookAgain(): void {
  hasSession.value = csrf() !== null;
}

function marked(request: Request): Request {
  const token = csrf();
  if (token !== null && credential.value === null) request.headers.set(CSRF_HEADER, token);
  return request;
}

let refreshing: Promise<boolean> | null = null;

/** New tokens for the session, asked for once however many requests wait for them. */
async function refresh(): Promise<boolean> {
  const asked = new Request(REFRESH, { method: "POST", body: "{}", headers: { "Content-Type": "application/json" } });
  refreshing ??= fetch(marked(asked))
    .then((answer) => answer.ok)
    .finally(() => {
      refreshing = null;
      lookAgain();
    });
  return refreshing;
}

/** What the generated client fetches with: in a session an access token that has run out is renewed, and the request made again. */
export async function sessionFetch(given: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(given, init);
  const again = request.clone();
  const answer = await fetch(marked(request));
  const outdated = answer.status === 401 && credential.value === null && csrf() !== null;
  if (!outdated || request.url.includes("/auth/") || !(await refresh())) return answer;
  return fetch(marked(again));
}
