const SECRET = /^#(mgs_[\w-]+)$/;

/** The secret behind the `#` of a link, taken out of the address so that no history keeps it; null when there is none. */
export function secretFromAddress(): string | null {
  const secret = SECRET.exec(location.hash)?.[1] ?? null;
  if (secret !== null) history.replaceState(history.state, "", location.pathname + location.search);
  return secret;
}
