/** What of a drawing is in sight: the point in the upper left corner, and pixels for each unit. */
export interface View {
  x: number;
  y: number;
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

const [LEAST, MOST] = [0.004, 2.5];
const MARGIN = 16;
/** Below this nothing can be read: a larger drawing is begun at its top instead. */
const READABLE = 0.55;

const within = (scale: number): number => Math.min(MOST, Math.max(LEAST, scale));

/** All of a drawing in the middle. */
export function whole(drawn: Size, window: Size): View {
  const scale = within(Math.min(1, (window.width - 2 * MARGIN) / drawn.width, (window.height - 2 * MARGIN) / drawn.height));
  return { scale, x: (drawn.width - window.width / scale) / 2, y: (drawn.height - window.height / scale) / 2 };
}

/** What is shown first: all of it if it can be read, else its upper end. */
export function first(drawn: Size, window: Size): View {
  const all = whole(drawn, window);
  if (all.scale >= READABLE) return all;
  const scale = Math.min(1, Math.max(READABLE, (window.width - 2 * MARGIN) / drawn.width));
  return { scale, x: (drawn.width - window.width / scale) / 2, y: -MARGIN / scale };
}

/** Nearer or further away, with the point of the window at `x`, `y` staying where it is. */
export function zoomed(view: View, by: number, x: number, y: number): View {
  const scale = within(view.scale * by);
  return { scale, x: view.x + x / view.scale - x / scale, y: view.y + y / view.scale - y / scale };
}

/** With a point of the drawing in the middle, near enough to be read. */
export function centred(view: View, window: Size, x: number, y: number): View {
  const scale = Math.max(view.scale, READABLE);
  return { scale, x: x - window.width / scale / 2, y: y - window.height / scale / 2 };
}

/** Whether a point of the drawing stands well inside the window. */
export function isInside(view: View, window: Size, x: number, y: number): boolean {
  const [across, down] = [(x - view.x) * view.scale, (y - view.y) * view.scale];
  return across > MARGIN && down > MARGIN && across < window.width - MARGIN && down < window.height - MARGIN;
}
