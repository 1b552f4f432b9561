import type { Inks } from "./paint";

/** The theme's colours, as a canvas takes them. */
export const inksOf = (dark: boolean): Inks =>
  dark
    ? { line: "#566072", near: "#86a9f8", plain: "#2a313d", text: "#eef1f6", border: "#4a5464" }
    : { line: "#a9b2c0", near: "#2458d3", plain: "#eef1f6", text: "#171c26", border: "#c3cad5" };
