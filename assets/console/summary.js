// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where F0 was; and the contacts counted by place and by day.

import { h, fill } from "./dom.js";
import { drawDoubts } from "./table.js";
import { placeOf } from "./filters.js";
import { formatDay, formatNumber, formatSpan, minutes, startOfDay, dayOf } from "./times.js";
import { t } from "./words.js";

export function drawPath (view, panel) {
  if (view.stays.length === 0) {
    fill(panel, h("p", { class: "empty" }, t("path-none")));
    return;
  }
  const met = stay => view.rows.filter(row => row.level === 1 && row.venue === stay.venue && row.zone === stay.zone &&
    row.exposed_at > stay.from && row.exposed_at <= stay.to).length;
  fill(panel, h("h2", {}, t("path-caption")), h("ol", { class: "path" }, view.stays.map(stay => h("li", {},
    h("strong", {}, placeOf(stay)),
    h("span", { class: "time" }, formatSpan(stay.from, stay.to)),
    h("span", { class: "muted" }, `${formatNumber(minutes(stay.to - stay.from))} ${t("col-minutes").toLowerCase()} · ${t(`evidence-${stay.evidence}`)}`),
    met(stay) > 0 ? h("span", { class: "badge f1" }, `${formatNumber(met(stay))} ${t("path-exposed")}`) : null,
    drawDoubts(stay.doubts)))));
}

// Without the core's counts (it has not finished) those of the rows that are here.
function countRows (rows) {
  const counts = new Map();
  const add = (key, one) => counts.set(key, { ...one, n: (counts.get(key)?.n ?? 0) + 1 });
  for (const row of rows) {
    add(`v${row.level} ${placeOf(row)}`, { venue: row.venue, zone: row.zone, level: row.level });
    add(`d${row.level} ${dayOf(row.exposed_at)}`, { day: dayOf(row.exposed_at), level: row.level });
  }
  return [...counts.values()];
}

function gather (counts, keyOf) {
  const lines = new Map();
  for (const count of counts) {
    const line = lines.get(keyOf(count)) ?? { label: keyOf(count), levels: [], total: 0 };
    line.levels[count.level - 1] = (line.levels[count.level - 1] ?? 0) + count.n;
    line.total += count.n;
    lines.set(line.label, line);
  }
  return [...lines.values()];
}

function drawLines (title, first, lines, nLevels, labelOf) {
  const most = Math.max(...lines.map(line => line.total), 1);
  const levels = Array.from({ length: nLevels }, (_, i) => i + 1);
  return h("section", {},
    h("h2", {}, title),
    h("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": title }, h("table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, first), levels.map(level => h("th", { scope: "col", class: "number" }, `F${level}`)),
        h("th", { scope: "col", class: "number" }, t("summary-total")))),
      h("tbody", {}, lines.map(line => h("tr", {},
        h("th", { scope: "row" }, labelOf(line.label), h("meter", { min: 0, max: most, value: line.total, "aria-hidden": "true" })),
        levels.map(level => h("td", { class: "number" }, formatNumber(line.levels[level - 1] ?? 0))),
        h("td", { class: "number" }, h("strong", {}, formatNumber(line.total)))))))));
}

export function drawSummary (view, panel) {
  const isWhole = view.counts.length > 0;
  const counts = isWhole ? view.counts : countRows(view.rows);
  const nLevels = Math.max(...counts.map(count => count.level), 1);
  const places = gather(counts.filter(count => count.venue !== undefined), placeOf).sort((a, b) => b.total - a.total);
  const days = gather(counts.filter(count => count.day !== undefined), count => count.day).sort((a, b) => a.label - b.label);
  fill(panel, h("div", { class: "summaries" },
    drawLines(t("summary-venues"), t("summary-place"), places, nLevels, label => label),
    drawLines(t("summary-days"), t("summary-day"), days, nLevels, day => formatDay(startOfDay(day)))),
  h("p", { class: "muted small" }, t(isWhole ? "summary-found" : "summary-kept")));
}
