// Runs before anything is painted, so that a dark page never flashes white. See src/app/theme.ts.
const chosen = localStorage.getItem("mgeprof.theme");
const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
document.documentElement.classList.toggle("dark", dark);
