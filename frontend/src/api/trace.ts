function random(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (one) => one.toString(16).padStart(2, "0")).join("");
}

/** W3C's trace context: under this id everything stands that a request sets off, to the device and back. */
export function traceparent(): string {
  return `00-${random(16)}-${random(8)}-01`;
}
