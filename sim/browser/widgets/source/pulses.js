// What passes along the ties in a quarter: a request, then the answer to it.

export const OUTCOMES = ["agreed", "refused", "blocked"];

/** Pulses of a quarter with their start and length in milliseconds. */
export function schedule(pulses, now, length) {
  const spread = pulses.length > 1 ? (0.45 * length) / (pulses.length - 1) : 0;
  const seen = new Map();
  return pulses.map((pulse, i) => {
    const pair = `${pulse.from}|${pulse.to}`;
    const turn = seen.get(pair) ?? 0;
    seen.set(pair, turn + 1);
    return { ...pulse, turn, start: now + spread * i, length: 0.55 * length };
  });
}

/** Where a pulse is: its leg ("ask", "answer", "before" or "after") and the share of the leg it has gone. */
export function progress(pulse, now) {
  const share = (now - pulse.start) / pulse.length;
  if (share < 0) return { leg: "before", share: 0 };
  if (share >= 1) return { leg: "after", share: 1 };
  return share < 0.45 ? { leg: "ask", share: share / 0.45 } : { leg: "answer", share: (share - 0.45) / 0.55 };
}

/** The sign of an outcome, told by its shape as well as by its colour. */
export function drawSign(pen, outcome, x, y, size, colours) {
  pen.save();
  pen.translate(x, y);
  pen.lineWidth = size * 0.55;
  pen.lineCap = "round";
  pen.strokeStyle = pen.fillStyle = colours[outcome];
  pen.beginPath();
  if (outcome === "ask") {
    pen.lineWidth = size * 0.4;
    pen.arc(0, 0, size * 0.7, 0, 2 * Math.PI);
    pen.stroke();
  } else if (outcome === "refused") {
    pen.moveTo(-size * 0.7, -size * 0.7);
    pen.lineTo(size * 0.7, size * 0.7);
    pen.moveTo(size * 0.7, -size * 0.7);
    pen.lineTo(-size * 0.7, size * 0.7);
    pen.stroke();
  } else if (outcome === "blocked") {
    pen.rect(-size * 0.75, -size * 0.75, size * 1.5, size * 1.5);
    pen.fill();
  } else {
    pen.arc(0, 0, size, 0, 2 * Math.PI);
    pen.fill();
  }
  pen.restore();
}
