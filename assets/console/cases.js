// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The officer's cases.

import { field, h, fill, select } from "./dom.js";
import { nameRule } from "./question.js";
import { formatMomentLong } from "./times.js";
import { t, tellRefusal } from "./words.js";

function drawList (cases) {
  if (cases.length === 0)
    return h("div", { class: "empty" }, h("h2", {}, t("cases-none")), h("p", {}, t("cases-none-lead")));
  cases.sort((a, b) => b.opened_at - a.opened_at);
  return h("ul", { class: "cases" }, cases.map(one => h("li", {},
    h("a", { href: `#/case/${one.id}`, class: "case" },
      h("strong", {}, one.id),
      h("span", { class: one.is_closed ? "tag" : "tag on" }, t(one.is_closed ? "case-is-closed" : "case-is-open")),
      h("span", { class: "muted" }, `${nameRule(one.rule)} · ${t("case-opened").toLowerCase()} ${formatMomentLong(one.opened_at)} · ${one.opened_by}`)))));
}

function drawForm (app, profiles) {
  const id = h("input", { type: "text", required: true, maxlength: 64, pattern: "[A-Za-z0-9_.\\-]{1,64}", autocomplete: "off", spellcheck: "false" });
  const rule = select(profiles.map(p => [p.name, nameRule(p.name)]), profiles.some(p => p.name === "default") ? "default" : profiles[0]?.name, () => {});
  const message = h("p", { class: "message", role: "alert" });

  async function submit (event) {
    event.preventDefault();
    try {
      const opened = await app.ask("POST", "/api/cases", { id: id.value.trim(), rule: rule.value });
      app.go(`#/case/${opened.id}`);
    } catch (refusal) {
      message.className = "message error";
      message.textContent = tellRefusal(refusal);
    }
  }

  return h("form", { class: "card", onsubmit: submit },
    h("h2", {}, t("case-new")),
    field("case-id", t("case-id"), id, t("case-id-hint")),
    field("case-rule", t("case-rule"), rule),
    message, h("button", { type: "submit", class: "primary" }, t("case-open")));
}

export async function showCases (app, main) {
  const body = h("div", { class: "columns" }, h("p", { class: "loading", role: "status" }, t("loading")));
  fill(main, h("h1", {}, t("cases")), h("p", { class: "lead" }, t("cases-lead")), body);
  try {
    const [{ cases }, { profiles }] = await Promise.all([app.ask("GET", "/api/cases"), app.ask("GET", "/api/profiles")]);
    fill(body, h("section", { class: "card grow", "aria-label": t("cases") }, drawList(cases)), drawForm(app, profiles));
  } catch (refusal) {
    fill(body, h("p", { class: "message error", role: "alert" }, tellRefusal(refusal),
      h("button", { type: "button", onclick: () => showCases(app, main) }, t("retry"))));
  }
}
