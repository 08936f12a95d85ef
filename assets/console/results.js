// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The answer: how many of each level, and the ways to look at them.

import { fetchFile } from "./api.js";
import { h, fill } from "./dom.js";
import { explain } from "./explain.js";
import { drawFilters, keepMatching } from "./filters.js";
import { drawGraph } from "./graph.js";
import { drawPath, drawSummary } from "./summary.js";
import { drawTable } from "./table.js";
import { drawTimeline } from "./timeline.js";
import { formatNumber } from "./times.js";
import { t, tellRefusal } from "./words.js";

const TABS = [["list", drawTable], ["timeline", drawTimeline], ["graph", drawGraph], ["path", drawPath], ["summary", drawSummary]];

function drawNothing (view) {
  const isRunning = view.starting || view.job?.state === "running";
  if (view.job && !isRunning && view.job.state === "done")
    return h("div", { class: "card empty" }, h("h2", {}, t("results-empty")), h("p", {}, t("results-empty-lead")));
  return h("div", { class: "card empty" }, h("h2", {}, t(isRunning ? "starting" : "results-none")), h("p", {}, t("results-none-lead")));
}

function drawLevels (view, redraw) {
  return h("div", { class: "levels" }, view.job.levels.map((n, i) => {
    const level = i + 1;
    const isOff = view.filters.hidden?.has(level) ?? false;
    return h("button", { type: "button", id: `level-${level}`, class: `level f${Math.min(level, 4)}`, "aria-pressed": String(!isOff), "aria-label": t("level-toggle", { level, n: formatNumber(n) }),
      onclick: () => {
        view.filters.hidden ??= new Set();
        if (!view.filters.hidden.delete(level))
          view.filters.hidden.add(level);
        redraw(`level-${level}`);
      } },
    h("span", { class: "level-name" }, `F${level}`), h("span", { class: "level-count" }, formatNumber(n)));
  }));
}

function drawExport (view, said) {
  const save = async format => {
    said.className = "message";
    try {
      const blob = await fetchFile(`/api/search/${view.job.id}/export`, { format });
      const address = URL.createObjectURL(blob);
      const link = h("a", { href: address, download: `${view.caseId}.${format}` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 10000);
      said.textContent = t("exported", { format: format.toUpperCase() });
    } catch (refusal) {
      said.className = "message error";
      said.textContent = tellRefusal(refusal);
    }
  };
  return h("div", { class: "export", role: "group", "aria-label": t("export") },
    h("span", { class: "muted", "aria-hidden": "true" }, t("export")),
    ["csv", "json", "dot"].map(format =>
      h("button", { type: "button", id: `export-${format}`, "aria-label": t("export-as", { format: format.toUpperCase() }), onclick: () => save(format) }, format.toUpperCase())));
}

function drawTabs (view, redraw) {
  const onkeydown = event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step)
      return;
    event.preventDefault();
    const at = TABS.findIndex(([name]) => name === view.tab);
    view.tab = TABS[(at + step + TABS.length) % TABS.length][0];
    redraw(`tab-${view.tab}`);
  };
  return h("div", { class: "tabs", role: "tablist", "aria-label": t("tabs"), onkeydown }, TABS.map(([name]) =>
    h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-selected": String(view.tab === name), "aria-controls": "panel", tabindex: view.tab === name ? 0 : -1,
      onclick: () => { view.tab = name; redraw(`tab-${name}`); } }, t(`tab-${name}`))));
}

export function drawResults (view) {
  const redraw = id => {
    drawResults(view);
    document.getElementById(id)?.focus();
  };
  if (!view.job || (view.rows.length === 0 && view.stays.length === 0)) {
    fill(view.parts.results, drawNothing(view));
    return;
  }
  const said = h("p", { class: "message", role: "status" });
  const panel = h("div", { role: "tabpanel", id: "panel", tabindex: 0, "aria-labelledby": `tab-${view.tab}`, class: "card panel" });
  const drawPanel = () => TABS.find(([name]) => name === view.tab)[1](view, panel, keepMatching(view), row => explain(view, row));
  const job = view.job;
  const found = job.levels.reduce((sum, n) => sum + n, 0);
  fill(view.parts.results,
    h("h2", { class: "hidden" }, t("results")),
    h("div", { class: "bar" }, drawLevels(view, redraw), job.state === "running" ? null : drawExport(view, said)),
    said,
    job.n_cut > 0 ? h("p", { class: "banner" }, t("cut", { found: formatNumber(found), kept: formatNumber(job.n_rows), cut: formatNumber(job.n_cut) })) : null,
    drawTabs(view, redraw),
    view.tab === "path" || view.tab === "summary" ? null : drawFilters(view, drawPanel, redraw),
    panel);
  drawPanel();
}
