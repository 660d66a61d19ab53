// The button that chooses the colours, for pages that have nothing of the app but its look. The choice is the one of the app's pages.
{
  const key = ":solara:theme.variant";
  const signs = { auto: "◐", light: "☀", dark: "☾" };
  const next = { auto: "light", light: "dark", dark: "auto" };
  const button = document.querySelector("[data-testid=theme]");
  let chosen = "auto";
  try { chosen = JSON.parse(localStorage.getItem(key)); } catch { /* nothing can be kept here */ }
  const show = () => {
    if (!Object.hasOwn(signs, chosen)) chosen = "auto";
    document.documentElement.className = chosen === "auto" ? "" : `theme--${chosen}`;
    button.textContent = `${signs[chosen]} ${chosen}`;
    button.setAttribute("aria-label", `Colours: ${chosen}. Change to ${next[chosen]}.`);
    button.hidden = false;
  };
  button.addEventListener("click", () => {
    chosen = next[chosen];
    try { localStorage.setItem(key, JSON.stringify(chosen)); } catch { /* chosen for this page alone */ }
    show();
  });
  show();
}
