/** Pure formatting. `useFormat` binds it to the language of the interface. */

const TIMES = [
  [1, "s"],
  [1e-3, "ms"],
  [1e-6, "µs"],
  [1e-9, "ns"],
] as const;
const BINARY = ["B", "KiB", "MiB", "GiB", "TiB"] as const;
const DECIMAL = ["", "K", "M", "G", "T", "P"] as const;

/** Makes a formatter once for each language: making one of Intl's takes far longer than writing a number with it. */
function kept<Format>(make: (locale: string) => Format): (locale: string) => Format {
  const made = new Map<string, Format>();
  return (locale) => {
    const format = made.get(locale) ?? make(locale);
    made.set(locale, format);
    return format;
  };
}

const NUMBER = kept((locale) => new Intl.NumberFormat(locale));
const DIGITS = kept((locale) => new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }));
const PERCENT = kept((locale) => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }));
const MOMENT = kept((locale) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }));
const AGE = kept((locale) => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));

const digits = (value: number, locale: string): string => DIGITS(locale).format(value);

/** A whole number, with marks between thousands. */
export const count = (value: number, locale: string): string => NUMBER(locale).format(value);

/** Seconds as ns, µs, ms or s with three digits; from two minutes on as minutes and hours. */
export function duration(seconds: number, locale: string): string {
  const size = Math.abs(seconds);
  if (size >= 120) return longDuration(seconds);
  if (size === 0) return "0 s";
  const [unit, name] = TIMES.find(([least]) => size >= least * 0.9995) ?? [1e-9, "ns"];
  return `${digits(seconds / unit, locale)} ${name}`;
}

function longDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}

/** Bytes as B, KiB, MiB …, with three digits. */
export function bytes(count: number, locale: string): string {
  const step = count >= 1 ? Math.min(Math.floor(Math.log2(count) / 10), BINARY.length - 1) : 0;
  return `${digits(count / 1024 ** step, locale)} ${BINARY[step] ?? "B"}`;
}

/** A count with K, M, G … of thousands, and a unit such as FLOP, FLOP/s or B/s. */
export function quantity(value: number, unit: string, locale: string): string {
  const size = Math.abs(value);
  const step = size >= 1 ? Math.min(Math.floor(Math.log10(size) / 3), DECIMAL.length - 1) : 0;
  return `${digits(value / 1000 ** step, locale)} ${DECIMAL[step] ?? ""}${unit}`.trimEnd();
}

/** A share of one as per cent, with one digit behind the point. */
export function percent(share: number, locale: string): string {
  return PERCENT(locale).format(share);
}

/** A shape as people write it: 1×3×224×224; scalars as "scalar"'s mark ∅. */
export function shape(sizes: readonly number[]): string {
  return sizes.length ? sizes.join("×") : "∅";
}

/** The same moment in a person's own zone, to the second. */
export function moment(iso: string, locale: string): string {
  return MOMENT(locale).format(new Date(iso));
}

const AGES = [
  [86_400 * 365, "year"],
  [86_400 * 30, "month"],
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
] as const;

/** How long ago, in words: "3 minutes ago". `now` in milliseconds since 1970. */
export function ago(iso: string, now: number, locale: string): string {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
  const [size, unit] = AGES.find(([least]) => seconds >= least) ?? [1, "second"];
  return AGE(locale).format(-Math.floor(seconds / size), unit);
}

/** Of an id its end: it begins with the time at which it was made, and what was made together begins alike. */
export const brief = (id: string): string => `…${id.slice(-12)}`;
