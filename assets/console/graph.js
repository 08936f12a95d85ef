// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The levels side by side, with a line from each contact to whom they met.

import { h, fill, svg } from "./dom.js";
import { drawNobody } from "./filters.js";
import { minutes } from "./times.js";
import { t } from "./words.js";
import { drawZoomButtons, listen } from "./zoom.js";

const HEIGHT = 560, LABEL = 66, OF_LEVEL_MAX = 120, ROW_MIN = 9;

function chooseNodes (rows) {
  const levels = [];
  for (const row of rows)
    (levels[row.level - 1] ??= []).push(row);
  return levels.map(level => (level ?? []).sort((a, b) => b.risk - a.risk).slice(0, OF_LEVEL_MAX));
}

// Few enough to be told apart, and room for it.
function labelWidth (level, levels, width) {
  return width >= 600 && (levels[level - 1]?.length ?? 0) <= 40 ? LABEL : 0;
}

// Below each other in the order of whom they met, so that few lines cross.
function place (levels, width) {
  const places = new Map();
  const most = Math.max(...levels.map(level => level?.length ?? 0), 1);
  const height = Math.max(HEIGHT, most * ROW_MIN + 80);
  const step = (width - 90 - labelWidth(levels.length, levels, width)) / Math.max(levels.length, 1);
  levels.forEach((level, i) => {
    const before = row => places.get(row.via)?.y ?? height / 2;
    level.sort((a, b) => before(a) - before(b) || a.row - b.row);
    level.forEach((row, n) => places.set(row.row, { row, x: 40 + (i + 1) * step, out: labelWidth(i + 1, levels, width), y: 50 + (n + 0.5) * (height - 70) / level.length }));
  });
  return { places, height };
}

function drawEdge (node, from) {
  const start = from.x + (from.out ? from.out + 12 : 0), middle = (start + node.x) / 2;
  return svg("path", { class: `edge f${Math.min(node.row.level, 4)}${node.row.doubts.length > 0 ? " doubtful" : ""}`, d: `M${start} ${from.y}C${middle} ${from.y} ${middle} ${node.y} ${node.x} ${node.y}` });
}

function drawNode ({ row, x, y, out }, onExplain) {
  return svg("g", { class: `dot f${Math.min(row.level, 4)}`, onclick: () => onExplain(row) },
    svg("title", {}, `F${row.level} ${row.subject}, ${minutes(row.overlap_s)} min, ${row.venue}`),
    svg("circle", { cx: x, cy: y, r: row.staff ? 3.5 : 4 + Math.min(row.overlap_s / 3600, 4) }),
    out > 0 ? svg("text", { x: x + 11, y: y + 4 }, row.subject) : "");
}

export function drawGraph (view, panel, rows, onExplain) {
  if (rows.length === 0) {
    drawNobody(panel);
    return;
  }
  const levels = Array.from(chooseNodes(rows), level => level ?? []);
  const width = Math.max(panel.clientWidth - 32, 300);
  const { places, height } = place(levels, width);
  const origin = { x: 40, y: height / 2 };
  const nShown = places.size;
  const drawing = svg("svg", { class: "graph", role: "img", "aria-label": t("graph-label"), tabindex: 0, "aria-describedby": "graph-keys" },
    levels.map((_, i) => svg("text", { class: "axis", x: [...places.values()].find(node => node.row.level === i + 1)?.x ?? 0, y: 24, "text-anchor": "middle" }, `F${i + 1}`)),
    [...places.values()].map(node => drawEdge(node, places.get(node.row.via) ?? (node.row.level === 1 ? origin : node))),
    svg("g", { class: "dot f0" }, svg("circle", { cx: origin.x, cy: origin.y, r: 15 }), svg("text", { x: origin.x, y: origin.y + 4, "text-anchor": "middle" }, "F0")),
    [...places.values()].map(node => drawNode(node, onExplain)));
  const whole = { x: 0, y: 0, scale: 1 };
  let at = { ...whole };
  const show = () => drawing.setAttribute("viewBox", `${at.x} ${at.y} ${width * at.scale} ${height * at.scale}`);
  const picture = {
    zoom (factor) {
      const scale = Math.min(Math.max(at.scale * factor, 0.1), 1);
      at = { x: at.x + width * (at.scale - scale) / 2, y: at.y + height * (at.scale - scale) / 2, scale };
      picture.move(0, 0);
    },
    move (dx, dy) {
      const bound = (value, size) => Math.min(Math.max(value, 0), size * (1 - at.scale));
      at = { ...at, x: bound(at.x + dx * width * at.scale, width), y: bound(at.y + dy * height * at.scale, height) };
      show();
    },
    reset () {
      at = { ...whole };
      show();
    },
  };
  listen(drawing, picture);
  show();
  fill(panel, h("div", { class: "picture-head" },
    h("ul", { class: "legend" }, h("li", { class: "key f0" }, "F0"), levels.map((_, i) => h("li", { class: `key f${Math.min(i + 1, 4)}` }, `F${i + 1}`))), drawZoomButtons(picture)),
  drawing,
  h("p", { class: "muted small", id: "graph-keys" }, t("timeline-keys")),
  rows.length > nShown ? h("p", { class: "muted small" }, t("graph-more", { shown: OF_LEVEL_MAX, n: rows.length - nShown })) : null);
}
