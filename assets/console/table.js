// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The contacts as a table: sorted by any column, a hundred more at a time. On a phone a row is laid
// out as a card, which takes the table's roles away: so they are said.

import { h, fill } from "./dom.js";
import { drawNobody, placeOf } from "./filters.js";
import { formatMoment, minutes } from "./times.js";
import { getLanguage, t } from "./words.js";

const STEP = 100;

const COLUMNS = [
  ["level", row => row.level],
  ["subject", row => row.subject],
  ["exposed", row => row.exposed_at],
  ["minutes", row => -row.overlap_s],
  ["place", row => placeOf(row)],
  ["via", row => row.via],
  ["doubts", row => -row.doubts.length],
];

function compare (a, b) {
  return typeof a === "string" ? a.localeCompare(b, getLanguage()) : a - b;
}

export function drawDoubts (doubts) {
  return doubts.map(doubt => h("span", { class: "tag doubt", title: t(`doubt-${doubt}-why`) }, t(`doubt-${doubt}`)));
}

export function nameOf (view, number) {
  const row = view.rows[number];
  return row ? `F${row.level} ${row.subject}` : "F0";
}

function drawRow (view, row, onExplain) {
  return h("tr", { role: "row" },
    h("td", { role: "cell", class: "level-cell" }, h("span", { class: `badge f${Math.min(row.level, 4)}` }, `F${row.level}`)),
    h("td", { role: "cell", class: "who-cell" }, h("button", { type: "button", class: "link code", id: `row-${row.row}`, "aria-label": t("explain", { subject: row.subject }), onclick: () => onExplain(row) }, row.subject),
      row.staff ? h("span", { class: "tag" }, t("staff")) : null),
    h("td", { role: "cell", class: "time" }, formatMoment(row.exposed_at)),
    h("td", { role: "cell", class: "number minutes-cell", "data-unit": t("col-minutes").toLowerCase() }, minutes(row.overlap_s)),
    h("td", { role: "cell", class: "wrap place-cell" }, row.venue, row.zone ? h("span", { class: "muted" }, ` · ${row.zone}`) : null),
    h("td", { role: "cell", class: "code muted via-cell" }, nameOf(view, row.via)),
    h("td", { role: "cell", class: "wrap doubts-cell" }, drawDoubts(row.doubts)));
}

export function drawTable (view, panel, rows, onExplain) {
  if (rows.length === 0) {
    drawNobody(panel);
    return;
  }
  view.sort ??= { column: "level", down: false };
  view.nShown ||= STEP;
  const key = COLUMNS.find(([name]) => name === view.sort.column)[1];
  const sorted = [...rows].sort((a, b) => (view.sort.down ? -1 : 1) * compare(key(a), key(b)) || a.row - b.row);
  const redraw = id => {
    drawTable(view, panel, rows, onExplain);
    document.getElementById(id)?.focus();
  };
  const sortBy = name => {
    view.sort = { column: name, down: view.sort.column === name && !view.sort.down };
    redraw(`sort-${name}`);
  };
  const left = sorted.length - view.nShown;
  fill(panel,
    h("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": t("table-caption") }, h("table", { class: "contacts", role: "table" },
      h("caption", { class: "hidden" }, t("table-caption")),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, COLUMNS.map(([name]) => {
        const isSorted = view.sort.column === name;
        return h("th", { scope: "col", role: "columnheader", "aria-sort": isSorted ? (view.sort.down ? "descending" : "ascending") : "none", class: name === "minutes" ? "number" : null },
          h("button", { type: "button", class: "sort", id: `sort-${name}`, title: t("sort-by", { column: t(`col-${name}`) }), onclick: () => sortBy(name) },
            t(`col-${name}`), h("span", { class: "arrow", "aria-hidden": "true" }, isSorted ? (view.sort.down ? "▾" : "▴") : "")));
      }))),
      h("tbody", { role: "rowgroup" }, sorted.slice(0, view.nShown).map(row => drawRow(view, row, onExplain))))),
    left > 0
      ? h("button", { type: "button", id: "show-more", class: "wide", onclick: () => { view.nShown += STEP; redraw("show-more"); } }, t("show-more", { n: Math.min(left, STEP) }))
      : null);
}
