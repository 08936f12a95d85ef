// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which rows are looked at.

import { field, h, fill, select } from "./dom.js";
import { formatNumber } from "./times.js";
import { t } from "./words.js";

export function placeOf (row) {
  return row.zone ? `${row.venue} · ${row.zone}` : row.venue;
}

export function keepMatching (view) {
  const { hidden, venue, staff, doubts, minutes } = view.filters;
  return view.rows.filter(row =>
    !hidden?.has(row.level) &&
    (!venue || row.venue === venue) &&
    (!staff || (staff === "only") === row.staff) &&
    (!doubts || (doubts === "doubtful") === (row.doubts.length > 0)) &&
    (!minutes || row.overlap_s >= minutes * 60));
}

function listVenues (rows) {
  const counts = new Map();
  for (const row of rows)
    counts.set(row.venue, (counts.get(row.venue) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, 200);
}

export function drawFilters (view, drawPanel, redraw) {
  const filters = view.filters;
  const shown = h("p", { class: "muted shown", role: "status", id: "shown" });
  const tell = () => {
    shown.textContent = t("shown", { shown: formatNumber(keepMatching(view).length), all: formatNumber(view.rows.length) });
  };
  const set = (key, value) => {
    filters[key] = value;
    view.nShown = 0;
    drawPanel();
    tell();
  };
  const minutes = h("input", { type: "number", min: 0, inputmode: "numeric", oninput: () => set("minutes", Number(minutes.value)) });
  minutes.value = filters.minutes || "";
  tell();
  return h("div", { class: "filters", role: "group", "aria-label": t("filters") },
    field("filter-venue", t("filter-venue"), select([["", t("filter-all")], ...listVenues(view.rows).map(([venue, n]) => [venue, `${venue} (${n})`])],
      filters.venue ?? "", value => set("venue", value))),
    field("filter-staff", t("filter-staff"), select([["", t("filter-all")], ["only", t("filter-only")], ["without", t("filter-without")]],
      filters.staff ?? "", value => set("staff", value))),
    field("filter-doubts", t("filter-doubts"), select([["", t("filter-all")], ["sure", t("filter-sure")], ["doubtful", t("filter-doubtful")]],
      filters.doubts ?? "", value => set("doubts", value))),
    field("filter-minutes", t("filter-minutes"), minutes),
    h("button", { type: "button", id: "filter-clear", class: "quiet", onclick: () => { view.filters = {}; redraw("filter-clear"); } }, t("filter-clear")),
    shown);
}

export function drawNobody (panel) {
  fill(panel, h("p", { class: "empty" }, t("shown-none")));
}
