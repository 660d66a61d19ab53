// A button over every node: for the keyboard, for screen readers and for the pointer.
import { make } from "./furniture.js";

const LAYERS = ["department", "agency", "commissioner", "cohort"];

/** Make the buttons anew for the nodes of a scene. All of them together are one stop of the tab key; arrows go from one to the other. */
export function makeSpots(holder, scene) {
  const stop = holder.querySelector("[tabindex='0']")?.dataset.node;
  const kept = holder.contains(document.activeElement) ? document.activeElement.dataset.node : "";
  holder.replaceChildren(...[...scene.nodes.values()].map((node) =>
    make("button", `tp-network-spot tp-network-${node.kind}`, { type: "button", "data-node": node.id, tabindex: "-1" })));
  makeStop(holder, stop);
  if (kept) spotOf(holder, kept)?.focus({ preventScroll: true });
}

/** The button of a node. */
export function spotOf(holder, id) {
  return holder.querySelector(`[data-node="${CSS.escape(id)}"]`);
}

/** Let the tab key stop at this node, or at the first where there is none such. */
export function makeStop(holder, id) {
  const wanted = (id && spotOf(holder, id)) || holder.firstElementChild;
  for (const spot of holder.querySelectorAll("[tabindex='0']")) spot.tabIndex = -1;
  if (wanted) wanted.tabIndex = 0;
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

/**
 * The node that an arrow key leads to from ``id``: beside it in its layer, or the nearest of the next layer. Before nodes have their
 * places, on a page that is not laid out yet, they stand in the order in which they were named.
 */
export function neighbour(scene, id, key) {
  const here = scene.nodes.get(id);
  const across = ({ spot }) => spot?.x ?? 0;
  const down = ({ spot }) => spot?.y ?? 0;
  const layer = (kind) => [...scene.nodes.values()].filter((node) => node.kind === kind);
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const row = layer(here.kind).sort((a, b) => across(a) - across(b) || down(a) - down(b));
    return row[(row.indexOf(here) + (key === "ArrowRight" ? 1 : row.length - 1)) % row.length].id;
  }
  const next = LAYERS[LAYERS.indexOf(here.kind) + (key === "ArrowDown" ? 1 : -1)];
  const reached = next ? layer(next) : [];
  reached.sort((a, b) => Math.abs(across(a) - across(here)) - Math.abs(across(b) - across(here)));
  return reached[0]?.id ?? id;
}
