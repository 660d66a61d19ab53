// Where nodes stand: layers from departments down to cohorts. The same nodes and width always give the same places.
import { forceCollide, forceSimulation, forceX, forceY } from "d3-force";

const SLOT = 96; // width a label needs
const ROW = { department: 46, agency: 98, commissioner: 74, cohort: 92 };
const ANCHOR = { department: 0.5, agency: 0.66, commissioner: 0.35 }; // where in its row a node stands; the rest is for the label
const GAP = { department: 34, agency: 26, commissioner: 64, cohort: 34 }; // above each layer
const MARGIN = 12;

/** Radius of a node in pixels. */
export function radius(node, scale) {
  if (node.kind === "agency") return 9 + 21 * Math.sqrt(node.size / Math.max(scale.money, 1e-9));
  if (node.kind === "commissioner") return 11 + 15 * Math.sqrt(node.size / Math.max(scale.money, 1e-9));
  if (node.kind === "cohort") return 3 + 7 * Math.sqrt(node.size / Math.max(scale.persons, 1e-9));
  return 16;
}

/** Places by id, the boxes of the neighbourhoods, and the height of the picture, at least ``height``. */
export function place(nodes, width, height, scale) {
  const natural = stack(nodes, width, scale, 0);
  return natural.height >= height ? natural : stack(nodes, width, scale, (height - natural.height) / 4);
}

/** Layers one below the other, each with ``extra`` pixels above it. */
function stack(nodes, width, scale, extra) {
  const of = (kind) => nodes.filter((node) => node.kind === kind);
  const spots = new Map();
  let y = 0;
  for (const kind of ["department", "agency", "commissioner"]) {
    const layer = kind === "agency" ? byDepartment(of(kind), of("department")) : of(kind);
    y = placeLayer(layer, kind, width, y + (kind === "department" ? 0 : extra), spots);
  }
  relax(of("agency"), spots, scale, width);
  const { boxes, bottom } = placeCohorts(of("cohort"), width, y + 2 * extra, spots);
  return { spots, boxes, height: bottom + MARGIN };
}

/** Agencies in the order of the departments they answer to, so that few lines cross. */
function byDepartment(agencies, departments) {
  const order = new Map(departments.map((node, i) => [node.label, i]));
  return [...agencies].sort((a, b) => (order.get(a.group) ?? 0) - (order.get(b.group) ?? 0));
}

/** In several rows neighbours stand in turn above and below, so that the order from left to right is kept. */
function placeLayer(nodes, kind, width, above, spots) {
  if (!nodes.length) return above;
  const columns = Math.max(2, Math.floor((width - 2 * MARGIN) / SLOT));
  const rows = Math.ceil(nodes.length / columns);
  const slot = (width - 2 * MARGIN) / (1 + (nodes.length - 1) / rows);
  const top = above + GAP[kind];
  nodes.forEach((node, i) => {
    const y = top + ROW[kind] * ((i % rows) + ANCHOR[kind]);
    spots.set(node.id, { x: MARGIN + slot * (0.5 + i / rows), y, slot: Math.min(150, slot) });
  });
  return top + ROW[kind] * rows;
}

/** Move circles of one layer apart where they touch; rows stay rows. */
function relax(nodes, spots, scale, width) {
  const bodies = nodes.map((node) => ({ ...spots.get(node.id), id: node.id, r: radius(node, scale) }));
  for (const body of bodies) body.target = { x: body.x, y: body.y };
  forceSimulation(bodies)
    .force("x", forceX((d) => d.target.x).strength(0.2))
    .force("y", forceY((d) => d.target.y).strength(1))
    .force("apart", forceCollide((d) => d.r + 4).iterations(3))
    .stop()
    .tick(150);
  for (const body of bodies) {
    const spot = spots.get(body.id);
    spot.x = Math.min(width - MARGIN - body.r, Math.max(MARGIN + body.r, body.x));
  }
}

/** Cohorts stand in a box for each neighbourhood. */
function placeCohorts(nodes, width, above, spots) {
  const groups = [...new Set(nodes.map((node) => node.group))];
  if (!groups.length) return { boxes: [], bottom: above };
  const columns = Math.min(groups.length, Math.max(2, Math.floor((width - 2 * MARGIN) / 118)));
  const step = (width - 2 * MARGIN) / columns;
  const top = above + GAP.cohort;
  const boxes = groups.map((group, i) => {
    const box = { group, x: MARGIN + step * (i % columns) + 4, y: top + ROW.cohort * Math.floor(i / columns), w: step - 8, h: ROW.cohort - 10 };
    const members = nodes.filter((node) => node.group === group);
    const across = Math.ceil(members.length / 2);
    const cell = Math.min(62, (box.w - 8) / across);
    members.forEach((node, k) => {
      const x = box.x + box.w / 2 + cell * ((k % across) - (across - 1) / 2);
      spots.set(node.id, { x, y: box.y + 18 + 22 * Math.floor(k / across), slot: 0 });
    });
    return box;
  });
  return { boxes, bottom: top + ROW.cohort * Math.ceil(groups.length / columns) };
}
