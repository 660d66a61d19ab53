// A button over every node: for the keyboard, for screen readers and for the pointer.
import { make } from "./furniture.js";

const LAYERS = ["department", "agency", "commissioner", "cohort"];

/** Make the buttons anew for the nodes of a scene. Only the first cohort of a neighbourhood is a stop of the tab key. */
export function makeSpots(holder, scene) {
  const seen = new Set();
  const kept = document.activeElement?.dataset?.node;
  holder.replaceChildren(...[...scene.nodes.values()].map((node) => {
    const stop = node.kind !== "cohort" || !seen.has(node.group);
    if (node.kind === "cohort") seen.add(node.group);
    return make("button", `tp-network-spot tp-network-${node.kind}`, { type: "button", "data-node": node.id, tabindex: stop ? "0" : "-1" });
  }));
  if (kept) holder.querySelector(`[data-node="${CSS.escape(kept)}"]`)?.focus({ preventScroll: true });
}

/** Put the buttons where the nodes are, with what there is to say about them. */
export function updateSpots(holder, scene) {
  for (const button of holder.children) {
    const node = scene.nodes.get(button.dataset.node);
    if (!node?.spot || !node.goal) continue;
    const { x, y, k } = scene.view;
    const w = node.kind === "department" ? node.w : Math.max(node.kind === "cohort" ? 18 : 26, 2 * node.r + 4);
    const h = node.kind === "department" ? node.h : w;
    button.style.transform = `translate(${x + k * (node.spot.x - w / 2)}px, ${y + k * (node.spot.y - h / 2)}px)`;
    button.style.width = `${w * k}px`;
    button.style.height = `${h * k}px`;
    const group = node.kind === "cohort" ? `, ${node.group}` : "";
    const label = `${node.label}${group}. ${node.lines.join(". ")}`;
    if (button.getAttribute("aria-label") !== label) button.setAttribute("aria-label", label);
    button.setAttribute("aria-pressed", String(node.id === scene.selected));
  }
}

/** The node that an arrow key leads to from ``id``: beside it in its layer, or the nearest of the next layer. */
export function neighbour(scene, id, key) {
  const here = scene.nodes.get(id);
  const layer = (kind) => [...scene.nodes.values()].filter((node) => node.kind === kind);
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const row = layer(here.kind).sort((a, b) => a.spot.x - b.spot.x || a.spot.y - b.spot.y);
    return row[(row.indexOf(here) + (key === "ArrowRight" ? 1 : row.length - 1)) % row.length].id;
  }
  const next = LAYERS[LAYERS.indexOf(here.kind) + (key === "ArrowDown" ? 1 : -1)];
  const across = next ? layer(next) : [];
  across.sort((a, b) => Math.abs(a.spot.x - here.spot.x) - Math.abs(b.spot.x - here.spot.x));
  return across[0]?.id ?? id;
}
