import type { Edge } from "./layers";
import { BOX, type Layout } from "./layout";
import { HEAT, INK } from "./heat";
import type { Size, View } from "./view";

/** What is written into a box, and its step of heat. */
export interface Label {
  title: string;
  value: string;
  step: number;
}

export interface Picture {
  layout: Layout;
  edges: readonly Edge[];
  labels: readonly Label[];
  /** The chosen operator, -1 for none. */
  marked: number;
}

/** The theme's colours. */
export interface Inks {
  line: string;
  near: string;
  plain: string;
  text: string;
  border: string;
}

const [READABLE, VISIBLE] = [0.42, 0.12];
const ROUND = 6;

/** Draws what is in sight. Ten thousand operators seen from afar take some tens of milliseconds, a few hundred nearby far less. */
export function paint(to: CanvasRenderingContext2D, picture: Picture, view: View, window: Size, inks: Inks, density: number): void {
  to.setTransform(density, 0, 0, density, 0, 0);
  to.clearRect(0, 0, window.width, window.height);
  to.setTransform(density * view.scale, 0, 0, density * view.scale, -density * view.scale * view.x, -density * view.scale * view.y);
  const sight = { left: view.x, top: view.y, right: view.x + window.width / view.scale, bottom: view.y + window.height / view.scale };
  paintLines(to, picture, view.scale, sight, inks);
  paintBoxes(to, picture, view.scale, sight, inks);
}

interface Sight {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

function paintLines(to: CanvasRenderingContext2D, { layout, edges, marked }: Picture, scale: number, sight: Sight, inks: Inks): void {
  const near: number[] = [];
  to.lineWidth = Math.max(1, 0.6 / scale);
  to.strokeStyle = inks.line;
  to.beginPath();
  layout.lines.forEach((line, at) => {
    if ((line[1] ?? Infinity) > sight.bottom || (line.at(-1) ?? -Infinity) < sight.top) return;
    const [source, target] = edges[at] ?? [-1, -1];
    if (marked >= 0 && (source === marked || target === marked)) near.push(at);
    else trace(to, line);
  });
  to.stroke();
  to.lineWidth = Math.max(2, 1.6 / scale);
  to.strokeStyle = inks.near;
  to.beginPath();
  for (const at of near) trace(to, layout.lines[at] ?? []);
  to.stroke();
}

/** A soft line through points that stand one below the other. */
function trace(to: CanvasRenderingContext2D, line: readonly number[]): void {
  let [x, y] = [line[0] ?? 0, line[1] ?? 0];
  to.moveTo(x, y);
  for (let at = 2; at < line.length; at += 2) {
    const [nextX, nextY] = [line[at] ?? 0, line[at + 1] ?? 0];
    const middle = (y + nextY) / 2;
    if (nextX === x) to.lineTo(nextX, nextY);
    else to.bezierCurveTo(x, middle, nextX, middle, nextX, nextY);
    [x, y] = [nextX, nextY];
  }
}

function paintBoxes(to: CanvasRenderingContext2D, { layout, labels, marked }: Picture, scale: number, sight: Sight, inks: Inks): void {
  const [halfX, halfY] = [BOX.width / 2, BOX.height / 2];
  to.textBaseline = "middle";
  labels.forEach((label, node) => {
    const [x, y] = [layout.x[node] ?? 0, layout.y[node] ?? 0];
    if (y + halfY < sight.top || y - halfY > sight.bottom || x + halfX < sight.left || x - halfX > sight.right) return;
    to.fillStyle = HEAT[label.step] ?? inks.plain;
    if (scale < VISIBLE && node !== marked) {
      // From afar a box is at least a pixel.
      to.fillRect(x - halfX, y - halfY, Math.max(BOX.width, 1 / scale), Math.max(BOX.height, 1 / scale));
      return;
    }
    to.beginPath();
    to.roundRect(x - halfX, y - halfY, BOX.width, BOX.height, ROUND);
    to.fill();
    to.lineWidth = node === marked ? Math.max(3, 3 / scale) : 1;
    to.strokeStyle = node === marked ? inks.near : inks.border;
    to.stroke();
    if (scale >= READABLE) write(to, label, x - halfX + 9, y, INK[label.step] ?? inks.text);
  });
}

function write(to: CanvasRenderingContext2D, { title, value }: Label, x: number, y: number, ink: string): void {
  to.fillStyle = ink;
  to.font = "600 12px system-ui, sans-serif";
  to.fillText(title, x, value ? y - 8 : y, BOX.width - 18);
  if (!value) return;
  to.font = "12px system-ui, sans-serif";
  to.fillText(value, x, y + 9, BOX.width - 18);
}
