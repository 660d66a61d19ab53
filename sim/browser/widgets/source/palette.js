// Colours come from Python, light and dark; here only which of the two, and what lies between two stops.

/** The theme the element stands in: Vuetify, JupyterLab, marimo, else what the system asks for. */
export function themeAround(element) {
  const vuetify = element.closest(".theme--dark, .theme--light");
  if (vuetify) return vuetify.classList.contains("theme--dark") ? "dark" : "light";
  const { jpThemeLight } = document.body.dataset;
  if (jpThemeLight) return jpThemeLight === "false" ? "dark" : "light";
  if (element.closest(".dark, .dark-theme, [data-theme='dark']")) return "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

const channel = (hex, i) => parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16);

/** A colour on the way through the stops; ``share`` from 0 to 1. */
export function between(stops, share) {
  const way = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(way));
  const mix = [0, 1, 2].map((c) => Math.round(channel(stops[i], c) + (way - i) * (channel(stops[i + 1], c) - channel(stops[i], c))));
  return `rgb(${mix.join(",")})`;
}
