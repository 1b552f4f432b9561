import { useFormat } from "@/design/format/useFormat";
import type { Metric } from "./graph";

/** Writes a value of what a graph is coloured by. */
export function useWrite() {
  const format = useFormat();
  const ways: Record<Metric, (value: number | null) => string> = {
    time: format.duration,
    computation: (value) => format.quantity(value, "FLOP"),
    memory: format.bytes,
  };
  return (metric: Metric, value: number | null) => ways[metric](value);
}
