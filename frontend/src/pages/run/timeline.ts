import type { SpanResource } from "@/api/generated";

/** A span in its row: `row` counts from the top. */
export interface Bar {
  row: number;
  span: SpanResource;
}

export interface Lanes {
  names: string[];
  bars: Bar[];
  /** Seconds from the first start to the last end. */
  length: number;
}

/** Device lanes first, then the host's threads, each by name. */
export function lanes(device: readonly SpanResource[], host: readonly SpanResource[]): Lanes {
  const sides = [device, host].map((spans) => [...new Set(spans.map((span) => span.lane))].sort());
  const [onDevice = [], onHost = []] = sides;
  const bars = [
    ...device.map((span) => ({ row: onDevice.indexOf(span.lane), span })),
    ...host.map((span) => ({ row: onDevice.length + onHost.indexOf(span.lane), span })),
  ];
  const length = bars.reduce((end, { span }) => Math.max(end, span.end_s), 0);
  return { names: [...onDevice, ...onHost], bars, length };
}

/** Types by the time that they take in all, the longest first: the first ones get the palette's clearest colours. */
export function typesByTime(spans: readonly SpanResource[]): string[] {
  const sums = new Map<string, number>();
  for (const span of spans) sums.set(span.type, (sums.get(span.type) ?? 0) + span.end_s - span.start_s);
  return [...sums].sort(([, a], [, b]) => b - a).map(([type]) => type);
}

/** What of a timeline shows an operator well: its longest span with as much on either side again, null when it is not there. */
export function around({ bars, length }: Pick<Lanes, "bars" | "length">, name: string): { startValue: number; endValue: number } | null {
  const spans = bars.flatMap(({ span }) => (span.name === name ? [span] : []));
  const [span] = spans.sort((a, b) => b.end_s - b.start_s - (a.end_s - a.start_s));
  if (!span) return null;
  const beside = Math.max(2 * (span.end_s - span.start_s), length / 1000);
  return { startValue: Math.max(0, span.start_s - beside), endValue: Math.min(length, span.end_s + beside) };
}
