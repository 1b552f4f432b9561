/** From pale to dark, told apart with every common colour vision, in both themes (ColorBrewer's YlOrBr); what is written on each. */
export const HEAT = ["#fff7bc", "#fee391", "#fec44f", "#fe9929", "#ec7014", "#cc4c02", "#8c2d04"] as const;
export const INK = ["#2b2118", "#2b2118", "#2b2118", "#2b2118", "#1d140d", "#ffffff", "#ffffff"] as const;

/** The step of a value whose largest is `most`: each begins at the square of its place, so that small ones differ too. -1: no value. */
export function stepOf(value: number | null, most: number): number {
  if (value === null || value <= 0 || most <= 0) return -1;
  return Math.min(HEAT.length - 1, Math.floor(HEAT.length * Math.sqrt(value / most)));
}

/** The least value of a step. */
export const floorOf = (step: number, most: number): number => most * (step / HEAT.length) ** 2;
