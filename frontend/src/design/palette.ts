/** Okabe and Ito's eight colours: told apart with every common colour vision. Yellow stands last, it is weak on white. */
export const PALETTE = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999", "#f0e442"] as const;

/** A colour for the place of something in its list; the ninth has the first's colour again. */
export function colour(place: number): string {
  return PALETTE[place % PALETTE.length] ?? PALETTE[0];
}

/** A legend's entries for series in the palette's order. */
export const coloured = (names: readonly string[]) => names.map((words, place) => ({ fill: colour(place), words }));
