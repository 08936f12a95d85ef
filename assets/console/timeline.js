// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A row for each place: bands where F0 was, dots where somebody was exposed.

import { h, fill, svg } from "./dom.js";
import { drawNobody, placeOf } from "./filters.js";
import { dayOf, formatClock, formatDay, formatMoment, minutes, startOfDay } from "./times.js";
import { t } from "./words.js";
import { drawZoomButtons, listen } from "./zoom.js";

const LANE = 46, HEAD = 34, LANES_MAX = 14, SHORTEST_S = 600;
const STEPS_S = [600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 2 * 86400, 7 * 86400];

// F0's places in the order in which F0 came, then those with most exposures.
function listLanes (stays, rows) {
  const lanes = new Map();
  const lane = one => {
    const label = placeOf(one);
    if (!lanes.has(label))
      lanes.set(label, { label, stays: [], rows: [] });
    return lanes.get(label);
  };
  for (const stay of stays)
    lane(stay).stays.push(stay);
  for (const row of rows)
    lane(row).rows.push(row);
  const all = [...lanes.values()];
  return [...all.filter(l => l.stays.length > 0), ...all.filter(l => l.stays.length === 0).sort((a, b) => b.rows.length - a.rows.length)];
}

function cutText (text, n) {
  return text.length > n ? `${text.slice(0, n - 1)}…` : text;
}

function drawAxis (span, { height, width, label }, at) {
  const step = STEPS_S.find(s => (span.to - span.from) / s <= (width - label) / 90) ?? 14 * 86400;
  const first = startOfDay(dayOf(span.from));
  const marks = [];
  for (let s = first; s <= span.to; s += step)
    if (s >= span.from)
      marks.push(svg("line", { class: "grid", x1: at(s), x2: at(s), y1: HEAD - 6, y2: height }),
        svg("text", { class: "axis", x: at(s) + 4, y: 14 }, step >= 86400 ? formatDay(s) : formatClock(s)),
        step < 86400 ? svg("text", { class: "axis faint", x: at(s) + 4, y: 27 }, formatDay(s)) : "");
  return marks;
}

function drawLane (lane, y, { width, label }, at, onExplain) {
  const parts = [
    svg("line", { class: "lane", x1: 0, x2: width, y1: y + LANE, y2: y + LANE }),
    svg("text", { class: "place", x: 4, y: y + LANE / 2 + 4 }, svg("title", {}, lane.label), cutText(lane.label, Math.floor(label / 7))),
  ];
  for (const stay of lane.stays) {
    const x1 = Math.max(at(stay.from), label), x2 = Math.min(at(stay.to), width);
    if (x2 > x1)
      parts.push(svg("rect", { class: "band", x: x1, y: y + 6, width: Math.max(x2 - x1, 2), height: LANE - 12, rx: 4 },
        svg("title", {}, `F0: ${formatMoment(stay.from)} – ${formatMoment(stay.to)}`)));
  }
  const columns = new Map(); // dots of the same minute stand on one another
  for (const row of lane.rows) {
    const x = at(row.exposed_at);
    if (x < label || x > width)
      continue;
    const column = Math.round(x / 7);
    const n = columns.get(column) ?? 0;
    columns.set(column, n + 1);
    if (n < 12)
      parts.push(svg("circle", { class: `dot f${Math.min(row.level, 4)}`, cx: x, cy: y + 12 + ((n * 7) % (LANE - 20)), r: 3.6, onclick: () => onExplain(row) },
        svg("title", {}, `F${row.level} ${row.subject}, ${formatMoment(row.exposed_at)}, ${minutes(row.overlap_s)} min`)));
  }
  return parts;
}

export function drawTimeline (view, panel, rows, onExplain) {
  const all = listLanes(view.stays, rows);
  if (all.length === 0) {
    drawNobody(panel);
    return;
  }
  const lanes = all.slice(0, LANES_MAX);
  const times = [...view.stays.flatMap(s => [s.from, s.to]), ...rows.map(r => r.exposed_at)];
  const margin = Math.max(1800, (Math.max(...times) - Math.min(...times)) * 0.03);
  const whole = { from: Math.max(Math.min(...times) - margin, 0), to: Math.max(...times) + margin };
  let span = { ...(view.timeline ?? whole) };
  const width = Math.max(panel.clientWidth - 32, 300); // a unit is a pixel, on a phone too
  const size = { width, height: HEAD + lanes.length * LANE + 2, label: Math.min(190, width * 0.3) };
  const drawing = svg("svg", { class: "timeline", viewBox: `0 0 ${width} ${size.height}`, role: "img", "aria-label": t("timeline-label"), tabindex: 0, "aria-describedby": "timeline-keys" });
  const draw = () => {
    const at = s => size.label + (s - span.from) / (span.to - span.from) * (width - size.label);
    view.timeline = span;
    fill(drawing, drawAxis(span, size, at), lanes.map((lane, i) => drawLane(lane, HEAD + i * LANE, size, at, onExplain)));
  };
  const picture = {
    zoom (factor, where) {
      const length = Math.min(Math.max((span.to - span.from) * factor, SHORTEST_S), whole.to - whole.from);
      const centre = span.from + (span.to - span.from) * where;
      span = { from: centre - length * where, to: centre + length * (1 - where) };
      picture.move(0);
    },
    move (part) {
      const length = span.to - span.from;
      const from = Math.min(Math.max(span.from + part * length, whole.from), whole.to - length);
      span = { from, to: from + length };
      draw();
    },
    reset () {
      span = { ...whole };
      draw();
    },
  };
  listen(drawing, picture);
  draw();
  fill(panel,
    h("div", { class: "picture-head" },
      h("ul", { class: "legend" }, h("li", { class: "key-band" }, t("timeline-f0")), view.job.levels.map((_, i) => h("li", { class: `key f${Math.min(i + 1, 4)}` }, `F${i + 1}`))),
      drawZoomButtons(picture)),
    drawing,
    h("p", { class: "muted small", id: "timeline-keys" }, t("timeline-keys")),
    all.length > lanes.length ? h("p", { class: "muted small" }, t("timeline-more", { n: all.length - lanes.length })) : null);
}
