// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Why somebody has a level: the steps from F0, with the records that each rests on.

import { h, fill } from "./dom.js";
import { drawDoubts } from "./table.js";
import { placeOf } from "./filters.js";
import { formatMomentLong, formatSpan, formatClock, minutes } from "./times.js";
import { t, tellRefusal } from "./words.js";

function shorten (subject) {
  return `${subject.slice(0, 4)}…${subject.slice(-4)}`;
}

function drawRecords (who, records) {
  return h("div", { class: "records" }, h("span", { class: "code" }, who), records.map(record => h("span", { class: "record" },
    `${formatClock(record.from)}–${record.to ? formatClock(record.to) : "…"} · ${t(`evidence-${record.evidence}`)}`,
    record.kiosk ? h("span", { class: "muted" }, ` · ${record.kiosk} #${record.seq}`) : null, " ",
    drawDoubts(record.doubts))));
}

function drawStep (steps, at) {
  const step = steps[at];
  const via = at + 1 < steps.length ? `F${steps[at + 1].level} ${shorten(steps[at + 1].subject)}` : "F0";
  return h("li", {},
    h("h3", {}, h("span", { class: `badge f${Math.min(step.level, 4)}` }, `F${step.level}`), " ", h("span", { class: "code" }, shorten(step.subject)), ` ${t("explain-met")} `, h("span", { class: "code" }, via)),
    h("p", {}, t("explain-sum", { minutes: minutes(step.overlap_s), at: formatMomentLong(step.exposed_at) }), " ",
      step.is_sure ? null : h("strong", { class: "unsure" }, t("explain-unsure"))),
    h("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": t("explain-step", { level: step.level, via }) }, h("table", {},
      h("thead", {}, h("tr", {}, ["explain-place", "explain-when", "explain-minutes", "explain-evidence"].map(key => h("th", { scope: "col" }, t(key))))),
      h("tbody", {}, step.shared.map(span => h("tr", { class: span.counts ? null : "muted" },
        h("td", { class: "wrap" }, placeOf(span)),
        h("td", { class: "time" }, formatSpan(span.from, span.to)),
        h("td", { class: "number" }, minutes(span.to - span.from)),
        h("td", { class: "wrap" }, drawRecords(shorten(step.subject), span.own), drawRecords(via, span.via),
          span.gaps.map(gap => h("p", { class: "muted" }, t("explain-gap", { span: formatSpan(gap.from, gap.to), what: gap.what }))))))))));
}

function drawAnswer (answer) {
  const subject = answer.steps[0].subject;
  const copied = h("span", { class: "muted", role: "status" });
  const copy = async () => {
    await navigator.clipboard.writeText(subject);
    copied.textContent = t("explain-copied");
  };
  return [
    h("p", { class: "muted small" }, t("explain-subject")),
    h("p", { class: "code whole", id: "whole-subject" }, subject),
    h("p", {}, h("button", { type: "button", class: "quiet", onclick: copy }, t("explain-copy")), " ", copied),
    h("ol", { class: "steps" }, answer.steps.map((step, at) => drawStep(answer.steps, at)).reverse()),
    h("p", { class: "muted small" }, t("explain-rule", { rule: answer.rule }), " ", t("explain-noted")),
  ];
}

export async function explain (view, row) {
  const opener = document.activeElement;
  const body = h("div", { class: "explain" }, h("p", { class: "loading", role: "status" }, t("loading")));
  const dialog = h("dialog", { "aria-labelledby": "explain-title", onclose: () => { dialog.remove(); document.getElementById(opener?.id)?.focus(); } },
    h("div", { class: "heading" }, h("h2", { id: "explain-title" }, `${t("explain-title")}: F${row.level} ${row.subject}`),
      h("button", { type: "button", id: "explain-close", class: "quiet", onclick: () => dialog.close() }, t("close"))),
    body);
  document.body.append(dialog);
  dialog.showModal();
  try {
    fill(body, drawAnswer(await view.app.ask("POST", `/api/search/${view.job.id}/explain`, { row: row.row, edition: view.job.edition })));
  } catch (refusal) {
    fill(body, h("p", { class: "message error", role: "alert" }, tellRefusal(refusal)));
  }
}
