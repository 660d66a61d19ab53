// The line of a tie: a curve from layer to layer, an arc within a layer.

/** Control points of the curve between two spots: start, two controls, end. */
export function curve(from, to, kind) {
  if (kind === "partner") {
    const lift = Math.min(70, 18 + Math.abs(to.x - from.x) * 0.12);
    return [from.x, from.y, from.x, from.y - lift, to.x, to.y - lift, to.x, to.y];
  }
  const middle = (from.y + to.y) / 2;
  return [from.x, from.y, from.x, middle, to.x, middle, to.x, to.y];
}

/** The point at ``t`` (0 to 1) of a cubic curve. */
export function pointAt(c, t) {
  const s = 1 - t;
  const [a, b, d, e] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return { x: a * c[0] + b * c[2] + d * c[4] + e * c[6], y: a * c[1] + b * c[3] + d * c[5] + e * c[7] };
}

/** The nearest of the curves to a point, within ``reach`` pixels; its index, or -1. */
export function nearest(curves, x, y, reach) {
  let best = -1;
  let least = reach * reach;
  curves.forEach((c, i) => {
    if (!c) return;
    for (let t = 0.06; t < 0.95; t += 0.04) {
      const p = pointAt(c, t);
      const gap = (p.x - x) ** 2 + (p.y - y) ** 2;
      if (gap < least) [least, best] = [gap, i];
    }
  });
  return best;
}

/** A label broken into lines that fit ``width``. */
export function wrap(pen, words, width) {
  const lines = [];
  for (const word of words.split(" ")) {
    const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length && pen.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
