import { ref } from "vue";
import { connectBrowser } from "@/api/generated";
import { tokenFromAddress, useEnter } from "@/app/useEnter";

/** How the tokens of one-time links begin. */
const WORKS_ONCE = "mgl_";

/** Trades a key, or the token of a link that was opened, for a session: neither of them stays in the browser. */
export function useConnect() {
  const { asking, refused, enter } = useEnter();
  const key = ref("");

  const connect = (token: string) => enter(() => connectBrowser({ body: { token, cookies: true } }));
  // By itself only what works once: whoever opens a stranger's link must not work in the stranger's account without knowing.
  const token = tokenFromAddress();
  if (token?.startsWith(WORKS_ONCE)) void connect(token);
  else if (token !== null) key.value = token;
  return { key, asking, refused, connect: () => connect(key.value.trim()) };
}
