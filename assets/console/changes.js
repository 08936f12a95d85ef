// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whose level changed when the core last computed the case: after somebody was added or withdrawn.

import { h, fill } from "./dom.js";
import { formatNumber } from "./times.js";
import { t, tellRefusal } from "./words.js";

const POLL_MS = 400;

export function buildChanges () {
  return h("section", { class: "changes", "aria-label": t("changes") },
    h("p", { class: "status", role: "status", id: "changes-status" }), h("div", { id: "changes-list" }));
}

function describe ({ answer, refusal }) {
  if (refusal)
    return tellRefusal(refusal);
  if (answer.state === "computing")
    return t("changes-computing");
  if (answer.state === "failed")
    return t("changes-failed");
  if (answer.state === "none")
    return "";
  return t(answer.n === 0 ? "changes-nobody" : answer.n === 1 ? "changes-one" : "changes-many", { n: formatNumber(answer.n) });
}

function drawLevel (level) {
  return level === undefined ? h("span", { role: "img", "aria-label": t("changes-no-level") }, "—") :
    h("span", { class: `badge f${Math.min(level, 4)}` }, `F${level}`);
}

function drawList ({ n, changes }) {
  return h("details", {}, h("summary", {}, t("changes")),
    h("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": t("changes") }, h("table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("col-subject")), h("th", { scope: "col" }, t("changes-levels")))),
      h("tbody", {}, changes.map(one => h("tr", {}, h("td", { class: "code" }, one.subject),
        h("td", {}, drawLevel(one.before), " → ", drawLevel(one.after))))))),
    n > changes.length ? h("p", { class: "muted small" }, t("changes-cut", { shown: formatNumber(changes.length), n: formatNumber(n) })) : null);
}

export function drawChanges (mine) {
  const { answer, refusal } = mine.changes;
  const [status, list] = mine.parts.changes.children;
  status.className = refusal || answer.state === "failed" ? "status error" : "status";
  const sentence = describe(mine.changes);
  if (status.textContent !== sentence)
    status.textContent = sentence;
  fill(list, answer.changes.length > 0 ? drawList(answer) : null);
}

export function leaveChanges (mine) {
  clearTimeout(mine.changes?.timer);
  mine.changes = null;
}

// Asks until nothing is being computed. @isAsked: something was, just now.
export function followChanges (mine, isAsked) {
  clearTimeout(mine.changes?.timer);
  mine.changes = { answer: { state: isAsked ? "computing" : "none", n: 0, changes: [] }, refusal: null, timer: 0 };
  drawChanges(mine);
  poll(mine, mine.changes);
}

// An answer to whoever asked before is not waited for any more.
async function poll (mine, changes) {
  let answer = null, refusal = null;
  try {
    answer = await mine.app.ask("GET", `/api/cases/${mine.caseId}/changes`);
  } catch (error) {
    refusal = error;
  }
  if (mine.changes !== changes)
    return;
  changes.answer = answer ?? changes.answer;
  changes.refusal = refusal;
  drawChanges(mine);
  if (refusal ? refusal.status === 0 || refusal.status === 429 : answer.state === "computing")
    changes.timer = setTimeout(() => poll(mine, changes), refusal ? (refusal.waitS ?? 3) * 1000 : POLL_MS);
}
