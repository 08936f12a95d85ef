// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { ask } from "./api.js";
import { field, h, fill } from "./dom.js";
import { t, tellRefusal } from "./words.js";

export function showSignIn (app, main) {
  const name = h("input", { type: "text", name: "username", autocomplete: "username", autocapitalize: "none", spellcheck: "false", required: true, maxlength: 64 });
  const password = h("input", { type: "password", name: "password", autocomplete: "current-password", required: true });
  const button = h("button", { type: "submit", class: "primary" }, t("sign-in"));
  const message = h("p", { class: app.notice ? "message" : "message empty", role: "alert" }, app.notice);

  async function submit (event) {
    event.preventDefault();
    button.disabled = true;
    button.textContent = t("signing-in");
    message.textContent = "";
    try {
      const session = await ask("POST", "/api/session", { name: name.value.trim().toLowerCase(), password: password.value });
      app.startSession(session);
      return;
    } catch (refusal) {
      message.className = "message error";
      message.textContent = tellRefusal(refusal);
    }
    password.value = "";
    button.disabled = false;
    button.textContent = t("sign-in");
    password.focus();
  }

  fill(main, h("section", { class: "card sign-in" },
    h("h1", {}, t("sign-in")),
    h("p", { class: "lead" }, t("sign-in-lead")),
    h("form", { onsubmit: submit },
      field("name", t("officer-name"), name),
      field("password", t("password"), password),
      message, button)));
  name.focus();
}
