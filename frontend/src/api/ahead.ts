import { SEQUENCE } from "./sequence";

declare global {
  interface Window {
    /** What public/ahead.js has asked for; null where no answer came. */
    mgeprofAhead?: { address: string; answer: Promise<Response | null> };
  }
}

/**
 * The answer to the same request, made before there were any scripts to make it: once, and not where the read has to be later than something.
 * Any command voids it: after that somebody else may be logged in.
 */
export async function askedAhead(request: Request): Promise<Response | null> {
  if (request.method !== "GET") delete window.mgeprofAhead;
  const ahead = window.mgeprofAhead;
  if (!ahead || request.headers.has(SEQUENCE) || request.url !== new URL(ahead.address, location.href).href) return null;
  delete window.mgeprofAhead;
  return ahead.answer;
}
