// What is shown now: nodes and ties with their places, on their way from the last figures to the new ones.
import { tieWidth } from "./painting.js";
import { place, radius } from "./layout.js";
import { schedule } from "./pulses.js";

const GLIDE = 350; // ms from old figures to new ones
const FLIGHT = 1100; // ms of a quarter's pulses, less when quarters follow faster

export class Scene {
  constructor() {
    Object.assign(this, { nodes: new Map(), ties: [], boxes: [], pulses: [], focus: "", selected: "", near: new Set() });
    Object.assign(this, { view: { x: 0, y: 0, k: 1 }, ratio: 1, width: 0, height: 0, wanted: 0, step: -1, shownAt: 0, until: 0 });
    this.moved = new Map(); // where the user has put nodes, as shares of the picture
    this.still = false;
  }

  /** Take a new structure: nodes and the ends of ties. */
  build(structure) {
    const old = this.nodes;
    this.nodes = new Map(structure.nodes.map((node) => [node.id, { size: 0, tone: 0, lines: [], ...old.get(node.id), ...node }]));
    const ids = structure.nodes.map((node) => node.id);
    const before = new Map(this.ties.map((tie) => [tie.key, tie]));
    this.ties = structure.edges.map(([a, b, kind]) => {
      const key = `${kind}|${ids[a]}|${ids[b]}`;
      return { money: 0, trust: null, width: 1, ...before.get(key), key, kind, from: this.nodes.get(ids[a]), to: this.nodes.get(ids[b]) };
    });
    if (structure.place !== this.place) this.moved.clear();
    this.place = structure.place;
    this.scale = structure.scale;
    this.placed = "";
  }

  /** Take the figures of a step; pulses of an earlier step that still fly make room. */
  update(figures, now) {
    const since = now - this.shownAt;
    const next = figures.step !== this.step;
    const glide = this.still || this.step < 0 ? 0 : Math.min(GLIDE, since);
    figures.nodes.forEach(([size, tone, ...lines], i) => {
      const node = [...this.nodes.values()][i];
      node.goal = { size, tone };
      node.was = { size: glide ? node.size : size, tone: glide ? node.tone : tone };
      node.lines = lines;
    });
    figures.edges.forEach(([money, trust], i) => {
      const tie = this.ties[i];
      tie.was = glide ? tie.width : tieWidth(money, this.scale);
      Object.assign(tie, { money, trust, goal: tieWidth(money, this.scale) });
    });
    this.glideFrom = now;
    this.glide = glide;
    if (next) {
      const length = figures.playing ? Math.min(FLIGHT, Math.max(160, since)) : FLIGHT;
      this.pulses = schedule(figures.pulses, this.still ? now - 2 * FLIGHT : now, length);
      this.shownAt = now;
      this.until = this.still ? now : now + Math.max(length, glide);
    }
    this.step = figures.step;
    this.layOut();
  }

  /** Find places for the nodes; the same nodes, width and height give the same places. */
  layOut() {
    const key = [...this.nodes.keys(), this.width, this.wanted].join();
    if (!this.width || key === this.placed) return;
    this.placed = key;
    const sized = [...this.nodes.values()].map((node) => ({ ...node, ...node.goal }));
    const { spots, boxes, height } = place(sized, this.width, this.wanted, this.scale);
    Object.assign(this, { boxes, height });
    for (const node of this.nodes.values()) {
      node.spot = spots.get(node.id);
      const moved = this.moved.get(node.id);
      if (moved) Object.assign(node.spot, { x: moved.x * this.width, y: moved.y * height });
    }
  }

  /** Figures and sizes as they are at ``now``; whether something still moves. */
  advance(now) {
    const share = this.glide ? Math.min(1, (now - this.glideFrom) / this.glide) : 1;
    for (const node of this.nodes.values()) {
      if (!node.goal) continue;
      node.size = node.was.size + share * (node.goal.size - node.was.size);
      node.tone = node.was.tone + share * (node.goal.tone - node.was.tone);
      node.r = radius(node, this.scale);
      if (node.kind === "department") Object.assign(node, { w: Math.min(132, node.spot.slot - 8), h: 36 });
    }
    for (const tie of this.ties) tie.width = tie.was + share * (tie.goal - tie.was);
    return now < this.until || share < 1;
  }

  /** Look at a node: it and those it has ties with stand out. */
  lookAt(id) {
    this.focus = this.nodes.has(id) ? id : "";
    this.near = new Set([this.focus]);
    for (const { from, to } of this.ties) {
      if (from.id === this.focus) this.near.add(to.id);
      if (to.id === this.focus) this.near.add(from.id);
    }
  }
}
