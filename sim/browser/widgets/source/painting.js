// The picture on the canvas: boxes, ties, nodes, labels, pulses.
import { curve, pointAt, wrap } from "./geometry.js";
import { between } from "./palette.js";
import { drawSign, progress } from "./pulses.js";

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

/** Width of a tie in pixels by the money ceded (£m a year); its area grows with the money. */
export const tieWidth = (money, scale) => (money > 0 ? Math.max(1.6, 16 * Math.sqrt(money / Math.max(scale.money, 1e-9))) : 1);

/** Paint the whole scene; ``scene`` holds nodes by id, ties, boxes, pulses, what is highlighted and the colours. */
export function paint(pen, scene, now) {
  const { colours, view, ratio, width, height } = scene;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.translate(view.x, view.y);
  pen.scale(view.k, view.k);
  for (const box of scene.boxes) paintBox(pen, box, colours);
  for (const tie of scene.ties) paintTie(pen, tie, scene);
  for (const node of scene.nodes.values()) paintNode(pen, node, scene);
  for (const node of scene.nodes.values()) paintLabel(pen, node, scene);
  for (const pulse of scene.pulses) paintPulse(pen, pulse, scene, now);
}

function paintBox(pen, box, colours) {
  pen.beginPath();
  pen.roundRect(box.x, box.y, box.w, box.h, 8);
  pen.fillStyle = colours.surface;
  pen.fill();
  pen.strokeStyle = colours.line;
  pen.lineWidth = 1;
  pen.stroke();
  pen.fillStyle = colours.muted;
  pen.textAlign = "center";
  pen.font = `10px ${FONT}`;
  const lines = wrap(pen, box.group, box.w - 8).slice(0, 2);
  lines.forEach((line, i) => pen.fillText(line, box.x + box.w / 2, box.y + box.h - 5 - 12 * (lines.length - 1 - i)));
}

/** Ties of citizens and between agencies show only for the node that is looked at; other ties step back for it. */
function paintTie(pen, tie, scene) {
  const { focus, colours } = scene;
  const own = focus && (tie.from.id === focus || tie.to.id === focus);
  if ((tie.kind === "serves" || tie.kind === "partner") && !own) return;
  const c = (tie.curve = curve(tie.from.spot, tie.to.spot, tie.kind));
  pen.beginPath();
  pen.moveTo(c[0], c[1]);
  pen.bezierCurveTo(...c.slice(2));
  pen.strokeStyle = tie.trust === null ? colours.line : between(colours.trust, tie.trust);
  pen.lineWidth = tie.kind === "serves" ? Math.max(0.6, tie.width * 0.6) : tie.width;
  pen.globalAlpha = tie.kind === "serves" ? 0.45 : tie.kind === "answers" ? (own ? 1 : 0.55) : !focus ? (tie.money > 0 ? 0.85 : 0.45) : own ? 0.9 : 0.12;
  pen.setLineDash(tie.kind === "tie" && !(tie.money > 0) ? [2, 4] : tie.kind === "partner" ? [5, 3] : []);
  pen.stroke();
  pen.setLineDash([]);
  pen.globalAlpha = 1;
}

function paintNode(pen, node, scene) {
  const { colours, focus, selected } = scene;
  const { x, y } = node.spot;
  const r = node.r;
  const shade = focus && !scene.near.has(node.id) ? 0.35 : 1;
  pen.lineWidth = node.id === selected ? 3 : 1.2;
  pen.strokeStyle = node.id === selected ? colours.primary : colours.muted;
  pen.beginPath();
  if (node.kind === "department") {
    pen.roundRect(x - node.w / 2, y - node.h / 2, node.w, node.h, 7);
    pen.fillStyle = between(colours.stance, (node.tone + 1) / 2);
  } else if (node.kind === "commissioner") {
    pen.moveTo(x, y - r * 1.15);
    pen.lineTo(x + r * 1.15, y);
    pen.lineTo(x, y + r * 1.15);
    pen.lineTo(x - r * 1.15, y);
    pen.closePath();
    pen.fillStyle = colours.commissioner;
  } else {
    pen.arc(x, y, r, 0, 2 * Math.PI);
    pen.fillStyle = node.kind === "cohort" ? between(colours.wellbeing, node.tone) : colours.card;
  }
  if (shade < 1) fillGround(pen, colours.card);
  pen.globalAlpha = shade;
  pen.fill();
  if (node.kind === "agency" && node.tone > 0) paintShare(pen, node, colours);
  if (node.kind === "agency") {
    pen.beginPath();
    pen.arc(x, y, r, 0, 2 * Math.PI);
  }
  if (node.kind !== "cohort" || node.id === selected) pen.stroke();
  pen.globalAlpha = 1;
}

/** Hide the lines behind a node that steps back. */
function fillGround(pen, ground) {
  const own = pen.fillStyle;
  pen.fillStyle = ground;
  pen.fill();
  pen.fillStyle = own;
}

/** The share that an agency cedes, as a slice of its circle. */
function paintShare(pen, node, colours) {
  const { x, y } = node.spot;
  pen.beginPath();
  pen.moveTo(x, y);
  pen.arc(x, y, node.r, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * Math.min(1, node.tone));
  pen.closePath();
  pen.fillStyle = colours.primary;
  pen.fill();
}

function paintLabel(pen, node, scene) {
  if (node.kind === "cohort") return;
  const { colours, focus } = scene;
  pen.globalAlpha = focus && !scene.near.has(node.id) ? 0.45 : 1;
  pen.font = `${node.kind === "department" ? 10.5 : 11.5}px ${FONT}`;
  pen.textAlign = "center";
  const lines = wrap(pen, node.label, node.spot.slot - 8).slice(0, 3);
  const { y } = node.spot;
  const half = Math.max(...lines.map((line) => pen.measureText(line).width)) / 2;
  const x = Math.min(scene.width - half - 2, Math.max(half + 2, node.spot.x));
  const top = node.kind === "department" ? y + 4 - 6 * (lines.length - 1)
    : node.kind === "agency" ? y - node.r - 6 - 13 * (lines.length - 1) : y + node.r * 1.15 + 14;
  lines.forEach((line, i) => {
    const at = top + (node.kind === "department" ? 12 : 13) * i;
    if (node.kind !== "department") {
      pen.strokeStyle = colours.card;
      pen.lineWidth = 3.5;
      pen.lineJoin = "round";
      pen.strokeText(line, x, at);
    }
    pen.fillStyle = colours.text;
    pen.fillText(line, x, at);
  });
  pen.globalAlpha = 1;
}

/** A request on its way, its answer on its way back, then the sign of the answer at rest until the next quarter. */
function paintPulse(pen, pulse, scene, now) {
  const { leg, share } = progress(pulse, now);
  const from = scene.nodes.get(pulse.from);
  const to = scene.nodes.get(pulse.to);
  if (leg === "before" || !from || !to) return;
  const c = curve(to.spot, from.spot, "tie");
  const { colours } = scene;
  if (leg === "after") {
    const { x, y } = pointAt(c, 0.42 + 0.09 * (pulse.turn % 4));
    pen.globalAlpha = scene.focus && scene.focus !== pulse.from && scene.focus !== pulse.to ? 0.2 : 0.9;
    drawHalo(pen, x, y, 6.5, colours.card);
    drawSign(pen, pulse.outcome, x, y, 4, colours);
  } else if (leg === "ask") {
    const { x, y } = pointAt(c, 1 - ease(share));
    drawHalo(pen, x, y, 6, colours.card);
    drawSign(pen, "ask", x, y, 5, { ask: colours.offered });
  } else {
    const { x, y } = pointAt(c, pulse.outcome === "agreed" ? ease(share) : Math.min(0.42, ease(share)));
    drawHalo(pen, x, y, 8, colours.card);
    drawSign(pen, pulse.outcome, x, y, 5.5, colours);
  }
  pen.globalAlpha = 1;
}

function drawHalo(pen, x, y, size, colour) {
  pen.beginPath();
  pen.arc(x, y, size, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.fill();
}

const ease = (t) => t * t * (3 - 2 * t);
