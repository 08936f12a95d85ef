// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who is in the case as an F0, and how somebody is taken out again: with a reason, which the log keeps.

import { field, h, fill } from "./dom.js";
import { formatMomentLong, formatSpan } from "./times.js";
import { t, tellRefusal } from "./words.js";

const REASON_MAX = 200; // characters; the server counts 400 bytes

function number (one) {
  return Number(one.label.match(/^F0-(\d+)$/)?.[1] ?? Infinity);
}

// Calls @onwithdrawn when the index has changed.
export function drawIndex (mine, onwithdrawn) {
  const sorted = [...mine.index].sort((a, b) => number(a) - number(b) || a.label.localeCompare(b.label));
  fill(mine.parts.index,
    h("h2", {}, t("case-index")),
    sorted.length === 0 ? h("p", { class: "muted" }, t("case-index-none")) : h("ul", {}, sorted.map(one => drawOne(mine, one, onwithdrawn))),
    h("p", { class: "muted", id: "withdrawn", role: "status", tabindex: -1 }, mine.withdrawn ? t("withdrawn-f0", { label: mine.withdrawn }) : ""));
}

function drawOne (mine, one, onwithdrawn) {
  const span = one.to === undefined ? t("case-index-since", { from: formatMomentLong(one.from) }) : formatSpan(one.from, one.to);
  return h("li", {}, h("strong", {}, one.label), " ", h("span", { class: "code" }, one.subject), " ", h("span", { class: "muted" }, span), " ",
    mine.isClosed ? null : h("button", { type: "button", class: "link", id: `withdraw-${one.label}`, "aria-label": t("withdraw-f0", { label: one.label }), onclick: () => ask(mine, one.label, onwithdrawn) }, t("withdraw")));
}

function ask (mine, label, onwithdrawn) {
  const reason = h("input", { type: "text", required: true, maxlength: REASON_MAX, autocomplete: "off" });
  const message = h("p", { class: "message", role: "alert" });
  const button = h("button", { type: "submit", class: "primary", id: "withdraw-it" }, t("withdraw-f0", { label }));

  let isDone = false;

  async function submit (event) {
    event.preventDefault();
    button.disabled = true;
    try {
      await mine.app.ask("POST", `/api/cases/${mine.caseId}/withdraw`, { label, reason: reason.value.trim() });
      mine.index = (await mine.app.ask("GET", `/api/cases/${mine.caseId}`)).index;
      mine.withdrawn = label;
      isDone = true;
      dialog.close();
    } catch (refusal) {
      button.disabled = false;
      message.className = "message error";
      message.textContent = tellRefusal(refusal);
    }
  }

  function leave () {
    dialog.remove();
    if (isDone)
      onwithdrawn();
    document.getElementById(isDone ? "withdrawn" : `withdraw-${label}`)?.focus();
  }

  const dialog = h("dialog", { "aria-labelledby": "withdraw-title", onclose: leave },
    h("form", { class: "withdraw", onsubmit: submit },
      h("div", { class: "heading" }, h("h2", { id: "withdraw-title" }, t("withdraw-f0", { label })),
        h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, t("close"))),
      field("withdraw-reason", t("withdraw-why", { label }), reason), message, button));
  document.body.append(dialog);
  dialog.showModal();
  reason.focus();
}
