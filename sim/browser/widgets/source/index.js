// The partnership network as an anywidget: structure and figures come from Python, the selected node goes back.
import { drag } from "d3-drag";
import { select } from "d3-selection";
import { zoom, zoomIdentity } from "d3-zoom";
import { dress, drawLegend, furnish, showTip } from "./furniture.js";
import { nearest } from "./geometry.js";
import { paint } from "./painting.js";
import { themeAround } from "./palette.js";
import { Scene } from "./scene.js";
import { makeSpots, makeStop, neighbour, spotOf, updateSpots } from "./spots.js";

const KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];

function render({ model, el }) {
  const parts = furnish(el);
  const { root, stage, canvas, spots, tip, legend, said } = parts;
  const scene = new Scene();
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const pen = canvas.getContext("2d");
  let waiting = 0;
  let speak = 0;
  let built = "";
  let figures = {};

  const draw = () => {
    waiting = 0;
    if (!scene.height || !root.isConnected) return;
    const now = performance.now();
    const moves = scene.advance(now);
    paint(pen, scene, now);
    root.dataset.moving = String(moves);
    if (moves) ask();
  };
  const ask = () => {
    waiting ||= requestAnimationFrame(draw);
  };
  const settle = () => {
    if (!scene.width) return; // not in the page yet: the observer of the size calls
    fit(canvas, stage, scene);
    scene.advance(performance.now());
    updateSpots(spots, scene);
    ask();
  };

  const colour = () => {
    const wanted = model.get("theme");
    const theme = wanted === "auto" ? themeAround(root) : wanted;
    scene.colours = model.get("colours")[theme];
    root.dataset.theme = theme;
    dress(root, scene.colours);
    if (scene.scale) drawLegend(legend, scene.scale, scene.colours, model.get("words"));
    ask();
  };

  const take = () => {
    figures = JSON.parse(model.get("figures"));
    const structure = model.get("structure");
    if (!figures.key || !structure.startsWith(`{"key": "${figures.key}"`)) return; // the other half is on its way
    if (figures.key !== built) {
      scene.build(JSON.parse(structure));
      built = figures.key;
      makeSpots(spots, scene);
      drawLegend(legend, scene.scale, scene.colours, model.get("words"));
    }
    scene.still = calm.matches;
    scene.wanted = scene.width < 640 ? 0 : model.get("height");
    scene.update(figures, performance.now());
    root.dataset.step = String(figures.step);
    for (const outcome of ["agreed", "refused", "blocked"]) {
      root.dataset[outcome] = String(figures.pulses.filter((pulse) => pulse.outcome === outcome).length);
    }
    root.setAttribute("aria-label", figures.summary);
    clearTimeout(speak);
    speak = setTimeout(() => { said.textContent = figures.summary; }, 700);
    choose(model.get("selected"));
    settle();
  };

  const choose = (id) => {
    scene.selected = scene.nodes.has(id) ? id : "";
    root.dataset.selected = scene.selected;
    scene.lookAt(scene.selected);
    updateSpots(spots, scene);
    ask();
  };
  const pick = (id) => {
    choose(id);
    if (model.get("selected") !== scene.selected) {
      model.set("selected", scene.selected);
      model.save_changes();
    }
  };

  const describe = (id) => {
    const node = scene.nodes.get(id);
    if (!node?.spot) return; // it is not laid out yet
    scene.lookAt(id);
    const group = node.kind === "cohort" && node.group ? [node.group] : [];
    const { x, y, k } = scene.view;
    showTip(tip, stage, x + k * node.spot.x, y + k * (node.spot.y + node.r), [node.label, ...group, ...node.lines]);
    ask();
  };
  const forget = () => {
    tip.hidden = true;
    scene.lookAt(scene.selected);
    ask();
  };

  const nodeOf = (event) => event.target.closest?.("[data-node]")?.dataset.node;
  const hover = (event) => {
    const id = nodeOf(event);
    if (id) return describe(id);
    const [x, y] = [event.clientX - stage.getBoundingClientRect().left, event.clientY - stage.getBoundingClientRect().top];
    const { x: left, y: top, k } = scene.view;
    const seen = scene.ties.map((tie) => (tie.kind === "answers" ? null : tie.curve));
    const found = event.target === canvas || event.target === spots ? nearest(seen, (x - left) / k, (y - top) / k, 7 / k) : -1;
    if (found < 0) return forget();
    const tie = scene.ties[found];
    scene.lookAt(scene.selected);
    return showTip(tip, stage, x, y, [`${tie.from.label} – ${tie.to.label}`, ...figures.ties[found] ?? []]);
  };

  root.addEventListener("pointermove", (event) => event.pointerType !== "touch" && hover(event));
  root.addEventListener("pointerleave", forget);
  spots.addEventListener("focusin", (event) => {
    makeStop(spots, nodeOf(event));
    if (event.target.matches(":focus-visible")) describe(nodeOf(event));
  });
  spots.addEventListener("focusout", forget);
  stage.addEventListener("click", (event) => {
    const id = nodeOf(event);
    if (id) pick(id === scene.selected ? "" : id);
    else if (event.target === canvas || event.target === spots) pick("");
  });
  spots.addEventListener("keydown", (event) => {
    if (event.key === "Escape") pick("");
    if (!KEYS.includes(event.key)) return;
    event.preventDefault();
    spotOf(spots, neighbour(scene, nodeOf(event), event.key)).focus();
  });
  movable(parts, scene, settle);

  const seen = new ResizeObserver(([{ contentRect }]) => {
    if (!contentRect.width || contentRect.width === scene.width) return;
    scene.width = contentRect.width;
    scene.wanted = scene.width < 640 ? 0 : model.get("height");
    if (built) settle();
  });
  seen.observe(stage);
  const around = new MutationObserver(colour);
  for (const ancestor of [root.closest(".v-application"), document.body, document.documentElement]) {
    if (ancestor) around.observe(ancestor, { attributes: true, attributeFilter: ["class", "data-theme", "data-jp-theme-light"] });
  }
  const changes = { "change:structure": take, "change:figures": take, "change:theme": colour, "change:colours": colour,
    "change:selected": () => choose(model.get("selected")), "change:height": take };
  for (const [name, then] of Object.entries(changes)) model.on(name, then);
  scheme.addEventListener("change", colour);
  colour();
  take();
  requestAnimationFrame(colour); // by then the element stands in its page, whose theme counts
  return () => {
    for (const [name, then] of Object.entries(changes)) model.off(name, then);
    scheme.removeEventListener("change", colour);
    seen.disconnect();
    around.disconnect();
    cancelAnimationFrame(waiting);
    clearTimeout(speak);
  };
}

/** Give the canvas the size of the stage, with every pixel of a dense screen. */
function fit(canvas, stage, scene) {
  scene.layOut();
  scene.ratio = Math.min(3, window.devicePixelRatio || 1);
  stage.style.height = `${scene.height}px`;
  const [width, height] = [scene.width, scene.height].map((size) => Math.round(size * scene.ratio));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
}

/** Zoom by buttons, pinch, or wheel with the control key; a node can be dragged to another place with the mouse. */
function movable({ stage, zoom: buttons }, scene, settle) {
  const holder = select(stage);
  const zooming = zoom()
    .scaleExtent([0.5, 6])
    .filter((event) => (event.type === "wheel" ? event.ctrlKey || event.metaKey
      : event.type.startsWith("touch") ? event.touches.length > 1 : !event.button && event.type !== "dblclick"
        && !event.target.closest(".tp-network-zoom")))
    .on("zoom", (event) => {
      scene.view = event.transform;
      settle();
    });
  holder.call(drag()
    .filter((event) => !event.button && !event.ctrlKey && event.type === "mousedown")
    .touchable(false)
    .clickDistance(4)
    .subject((event) => {
      const id = event.sourceEvent.target.closest("[data-node]")?.dataset.node;
      const node = scene.nodes.get(id);
      return node ? { node, x: event.x, y: event.y, from: { ...node.spot } } : null;
    })
    .on("drag", ({ subject, x, y }) => {
      const spot = subject.node.spot;
      spot.x = subject.from.x + (x - subject.x) / scene.view.k;
      spot.y = subject.from.y + (y - subject.y) / scene.view.k;
      scene.moved.set(subject.node.id, { x: spot.x / scene.width, y: spot.y / scene.height });
      settle();
    }));
  holder.call(zooming);
  const [closer, further, whole] = buttons.children;
  closer.addEventListener("click", () => holder.call(zooming.scaleBy, 1.4));
  further.addEventListener("click", () => holder.call(zooming.scaleBy, 1 / 1.4));
  whole.addEventListener("click", () => {
    scene.moved.clear();
    scene.placed = "";
    holder.call(zooming.transform, zoomIdentity);
  });
}

export default { render };
