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
