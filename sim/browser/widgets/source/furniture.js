// What stands around the picture: zoom buttons, the legend, the tooltip and the spoken summary.
import { drawSign } from "./pulses.js";
import { tieWidth } from "./painting.js";

/** An element with a class and attributes. */
export function make(tag, name, attributes = {}) {
  const element = document.createElement(tag);
  element.className = name;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** The frame of the widget, empty. */
export function furnish(el) {
  const root = make("div", "tp-network", { role: "group", "data-testid": "network" });
  const stage = make("div", "tp-network-stage");
  const canvas = make("canvas", "tp-network-canvas", { "aria-hidden": "true" });
  const spots = make("div", "tp-network-spots", { role: "group", "aria-label": "Bodies and people: arrow keys go from one to the next, Enter chooses" });
  const tip = make("div", "tp-network-tip", { role: "tooltip", hidden: "" });
  const zoom = make("div", "tp-network-zoom", { role: "group", "aria-label": "Zoom" });
  for (const [sign, name] of [["+", "Zoom in"], ["−", "Zoom out"], ["⟲", "Whole picture"]]) {
    const button = make("button", "", { type: "button", "aria-label": name, title: name });
    button.textContent = sign;
    zoom.append(button);
  }
  const legend = make("div", "tp-network-legend", { "aria-hidden": "true" });
  const said = make("div", "tp-network-said", { "aria-live": "polite" });
  stage.append(canvas, spots, zoom, tip);
  root.append(stage, legend, said);
  el.append(root);
  return { root, stage, canvas, spots, tip, zoom, legend, said };
}

/** Set the custom properties that the style sheet reads. */
export function dress(root, colours) {
  for (const name of ["text", "muted", "card", "line", "primary"]) root.style.setProperty(`--network-${name}`, colours[name]);
}

/** The legend: what widths, colours and signs mean. */
export function drawLegend(legend, scale, colours, words) {
  legend.replaceChildren(
    entry(words.money, 74, (pen) => {
      [0.01, 0.1, 0.4].forEach((share, i) => line(pen, 3 + 25 * i, 21 + 25 * i, tieWidth(share * scale.money, scale), colours.muted));
    }),
    entry(words.trust, 62, (pen) => ramp(pen, colours.trust)),
    entry(words.share, 18, (pen) => slice(pen, colours)),
    entry(words.stance, 62, (pen) => ramp(pen, colours.stance)),
    entry(words.wellbeing, 62, (pen) => ramp(pen, colours.wellbeing)),
    ...["ask", "agreed", "refused", "blocked"].map((name) =>
      entry(words[name], 14, (pen) => drawSign(pen, name, 7, 8, 4.5, { ...colours, ask: colours.offered }))),
  );
}

function entry(words, width, draw) {
  const item = make("span", "tp-network-key");
  const canvas = make("canvas", "");
  const ratio = window.devicePixelRatio || 1;
  Object.assign(canvas, { width: width * ratio, height: 16 * ratio });
  Object.assign(canvas.style, { width: `${width}px`, height: "16px" });
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  draw(pen);
  item.append(canvas, words);
  return item;
}

function line(pen, from, to, width, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = Math.min(14, width);
  pen.beginPath();
  pen.moveTo(from, 8);
  pen.lineTo(to, 8);
  pen.stroke();
}

function ramp(pen, stops) {
  const shade = pen.createLinearGradient(0, 0, 62, 0);
  stops.forEach((stop, i) => shade.addColorStop(i / (stops.length - 1), stop));
  pen.fillStyle = shade;
  pen.fillRect(0, 4, 62, 8);
}

function slice(pen, colours) {
  pen.beginPath();
  pen.arc(9, 8, 7, 0, 2 * Math.PI);
  pen.strokeStyle = colours.muted;
  pen.stroke();
  pen.beginPath();
  pen.moveTo(9, 8);
  pen.arc(9, 8, 7, -Math.PI / 2, 0.2);
  pen.fillStyle = colours.primary;
  pen.fill();
}

/** Show a tooltip beside a point of the stage, inside the stage. */
export function showTip(tip, stage, x, y, lines) {
  tip.replaceChildren(...lines.map((text, i) => {
    const row = make(i ? "div" : "strong", "");
    row.textContent = text;
    return row;
  }));
  tip.hidden = false;
  const left = Math.max(4, Math.min(x + 14, stage.clientWidth - tip.offsetWidth - 4));
  const top = y + 16 + tip.offsetHeight > stage.clientHeight ? y - tip.offsetHeight - 12 : y + 16;
  tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(Math.max(4, top))}px)`;
}
