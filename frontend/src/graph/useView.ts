import { useElementSize } from "@vueuse/core";
import { type Ref, ref, watch } from "vue";
import type { Layout } from "./layout";
import { centred, first, isInside, type View, whole, zoomed } from "./view";

const [NEARER, STILL] = [1.25, 4];
const WHEEL = 0.0015;

/** Moving over a drawing: dragging, wheel and buttons. `click` hears of the point of the drawing that was pressed without being dragged. */
export function useView(canvas: Readonly<Ref<HTMLElement | null>>, layout: Readonly<Ref<Layout | null>>, click: (at: { x: number; y: number }) => void) {
  const window = useElementSize(canvas);
  const size = () => ({ width: window.width.value, height: window.height.value });
  const view = ref<View>({ x: 0, y: 0, scale: 1 });
  let held: { x: number; y: number; view: View; far: boolean } | null = null;

  const begin = () => {
    if (layout.value && window.width.value) view.value = first(layout.value, size());
  };
  watch([layout, () => window.width.value > 0], begin);

  const zoom = (by: number, x = window.width.value / 2, y = window.height.value / 2) => (view.value = zoomed(view.value, by, x, y));
  const fit = () => {
    if (layout.value) view.value = whole(layout.value, size());
  };
  function show(x: number, y: number): void {
    if (!isInside(view.value, size(), x, y) || view.value.scale < 0.2) view.value = centred(view.value, size(), x, y);
  }
  function wheel(event: WheelEvent): void {
    zoom(Math.exp(-event.deltaY * WHEEL), event.offsetX, event.offsetY);
  }
  function down(event: PointerEvent): void {
    held = { x: event.offsetX, y: event.offsetY, view: view.value, far: false };
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
  }
  function move(event: PointerEvent): void {
    if (!held) return;
    const [x, y] = [event.offsetX - held.x, event.offsetY - held.y];
    held.far ||= Math.hypot(x, y) > STILL;
    if (held.far) view.value = { ...held.view, x: held.view.x - x / held.view.scale, y: held.view.y - y / held.view.scale };
  }
  function up(event: PointerEvent): void {
    if (held && !held.far) click({ x: view.value.x + event.offsetX / view.value.scale, y: view.value.y + event.offsetY / view.value.scale });
    held = null;
  }
  return { view, window: size, zoom, nearer: () => zoom(NEARER), further: () => zoom(1 / NEARER), fit, show, wheel, down, move, up };
}
