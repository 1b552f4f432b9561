import type { Edge } from "./layers";
import { layout } from "./layout";

addEventListener("message", ({ data }: MessageEvent<{ count: number; edges: Edge[] }>) => {
  postMessage(layout(data.count, data.edges));
});
