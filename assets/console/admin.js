// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One's own password; the audit log.

import { field, h, fill } from "./dom.js";
import { formatMomentLong } from "./times.js";
import { t, tellRefusal } from "./words.js";

export function showAccount (app, main) {
  const old = h("input", { type: "password", autocomplete: "current-password", required: true });
  const fresh = h("input", { type: "password", autocomplete: "new-password", required: true, minlength: 12 });
  const message = h("p", { class: "message", role: "alert" });

  async function submit (event) {
    event.preventDefault();
    try {
      await app.ask("POST", "/api/password", { old: old.value, new: fresh.value });
      app.endSession(t("password-changed"));
    } catch (refusal) {
      message.className = "message error";
      message.textContent = tellRefusal(refusal);
    }
  }

  fill(main, h("section", { class: "card narrow" },
    h("h1", {}, t("password-change")),
    h("form", { onsubmit: submit },
      h("input", { type: "text", autocomplete: "username", value: app.session.officer, hidden: true, "aria-hidden": "true", tabindex: -1 }),
      field("old", t("password-old"), old),
      field("fresh", t("password-new"), fresh, t("password-hint")),
      message, h("button", { type: "submit", class: "primary" }, t("password-change")))));
}

export async function showAudit (app, main) {
  const body = h("div", {}, h("p", { class: "loading", role: "status" }, t("loading")));
  fill(main, h("h1", {}, t("audit")), h("p", { class: "lead" }, t("audit-lead")), body);
  try {
    const { entries } = await app.ask("GET", "/api/audit");
    fill(body, h("div", { class: "card scroll", tabindex: 0, role: "region", "aria-label": t("audit") }, h("table", {},
      h("thead", {}, h("tr", {}, ["#", t("audit-at"), t("audit-officer"), t("audit-action"), t("case"), t("audit-what")].map(label =>
        h("th", { scope: "col" }, label)))),
      h("tbody", {}, entries.map(entry => h("tr", {},
        h("td", { class: "number" }, entry.n), h("td", {}, formatMomentLong(entry.at)), h("td", {}, entry.officer),
        h("td", {}, entry.action), h("td", {}, entry.case), h("td", { class: "wrap" }, entry.what, entry.reason ? ` — ${entry.reason}` : "")))))));
  } catch (refusal) {
    fill(body, h("p", { class: "message error", role: "alert" }, tellRefusal(refusal)));
  }
}
