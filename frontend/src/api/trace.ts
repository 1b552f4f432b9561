import type { Client } from "./generated/client";
import type { PageSpan } from "./generated/types.gen";

/** W3C's trace context: under this id everything stands that a request sets off, to the device and back. */
const NAMES = "traceparent";
/** W3C's answer to it: its last field says whether spans of the trace are kept. */
const KEPT = "traceresponse";
const GATHERED_MS = 1000;
const MOST = 32;
const FAULT = 500;

interface Click {
  trace: string;
  span: string;
  begun: number;
  ended: number;
  failed: boolean;
}

function random(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (one) => one.toString(16).padStart(2, "0")).join("");
}

export function traceparent(): string {
  return `00-${random(16)}-${random(8)}-01`;
}

/** What was asked for, and answered: none where nobody keeps spans of this trace. */
function clickOf(request: Request, response: Response, begun: number): Click | null {
  const [, trace = "", span = ""] = (request.headers.get(NAMES) ?? "").split("-");
  const [, kept, , flags = "0"] = (response.headers.get(KEPT) ?? "").split("-");
  if (kept !== trace || (Number.parseInt(flags, 16) & 1) === 0) return null;
  return { trace, span, begun, ended: performance.now(), failed: response.status >= FAULT };
}

function told(click: Click, now: number): PageSpan {
  const { trace, span, begun, ended, failed } = click;
  return { name: "click", trace, span, begun_ms_ago: Math.round(now - begun), took_ms: Math.round(ended - begun), failed };
}

/** Every request names a trace and a span of its own; of what commands, that span is told to the api a moment after the answer, where that keeps any. */
export function tellClicks(client: Pick<Client, "interceptors">, tell: (spans: PageSpan[]) => Promise<unknown>): void {
  const begun = new WeakMap<Request, number>();
  let waiting: Click[] = [];

  function hand(): void {
    const [now, clicks] = [performance.now(), waiting.slice(0, MOST)];
    waiting = [];
    // Nobody waits for it, and nothing is lost without it.
    if (clicks.length > 0) tell(clicks.map((one) => told(one, now))).catch(() => undefined);
  }
  client.interceptors.request.use((request) => {
    request.headers.set(NAMES, traceparent());
    begun.set(request, performance.now());
    return request;
  });
  client.interceptors.response.use((response, request) => {
    const click = request.method === "GET" ? null : clickOf(request, response, begun.get(request) ?? performance.now());
    if (click !== null && waiting.push(click) === 1) setTimeout(hand, GATHERED_MS);
    return response;
  });
  addEventListener("pagehide", hand);
}
