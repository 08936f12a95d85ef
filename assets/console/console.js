// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who is signed in, and which page that person sees.

import { ask, useToken } from "./api.js";
import { h, fill } from "./dom.js";
import { showAccount, showAudit } from "./admin.js";
import { showCases } from "./cases.js";
import { showSearch, leaveSearch } from "./search.js";
import { showSignIn } from "./sign-in.js";
import { getLanguage, setLanguage, t } from "./words.js";

const LANGUAGE_KEY = "language"; // the only thing that is kept in the browser

const app = {
  session: null,
  notice: "",
  idleTimer: 0,
  offline: false,

  go (hash) {
    if (location.hash === hash)
      render();
    else
      location.hash = hash;
  },
  // An error that ends the session is everybody's; any other is the caller's.
  async ask (method, path, body) {
    try {
      const answer = await ask(method, path, body);
      setOffline(false);
      watchIdle();
      return answer;
    } catch (refusal) {
      setOffline(refusal.status === 0);
      if (refusal.status === 401 && refusal.message === "sign-in")
        endSession(t("session-over"));
      throw refusal;
    }
  },
  startSession (session) {
    this.session = session;
    useToken(session.csrf);
    this.notice = "";
    watchIdle();
    render();
  },
  async signOut () {
    try {
      await ask("DELETE", "/api/session");
    } catch {
      // whatever the core says, nothing stays on this screen
    }
    location.hash = "#/";
    endSession(t("signed-out"));
  },
  endSession,
};

function endSession (notice) {
  clearTimeout(app.idleTimer);
  leaveSearch();
  app.session = null;
  app.notice = notice;
  useToken("");
  render();
}

// Nothing of anybody stays on a screen that nobody uses.
function watchIdle () {
  clearTimeout(app.idleTimer);
  if (app.session)
    app.idleTimer = setTimeout(() => app.signOut().then(() => endSession(t("session-over"))), app.session.idle_s * 1000);
}

function setOffline (offline) {
  app.offline = offline;
  const banner = document.getElementById("offline");
  if (banner)
    banner.hidden = !offline;
}

function switchLanguage () {
  setLanguage(getLanguage() === "vi" ? "en" : "vi");
  localStorage.setItem(LANGUAGE_KEY, getLanguage());
  render();
  document.getElementById("language").focus();
}

function skip (event) {
  event.preventDefault();
  document.getElementById("main").focus();
}

function drawHeader () {
  const session = app.session;
  const links = session ? [["#/", t("cases")], ...(session.role === "admin" ? [["#/audit", t("audit")]] : []), ["#/account", t("account")]] : [];
  return h("header", { class: "top" },
    h("a", { class: "skip", href: "#main", onclick: skip }, t("skip")),
    h("a", { class: "brand", href: "#/" },
      h("img", { src: "console/icon.svg", alt: "", width: 28, height: 28 }),
      h("span", {}, h("strong", {}, t("brand")), h("span", { class: "brand-sub" }, t("brand-sub")))),
    links.length > 0
      ? h("nav", { "aria-label": t("menu") }, links.map(([href, label]) =>
        h("a", { href, "aria-current": location.hash === href || (href === "#/" && !links.some(l => l[0] === location.hash)) ? "page" : null }, label)))
      : null,
    h("div", { class: "who" },
      session ? h("span", { class: "officer" }, session.officer, h("small", {}, t(`role-${session.role}`))) : null,
      h("button", { type: "button", id: "language", class: "quiet", lang: getLanguage() === "vi" ? "en" : "vi", "aria-label": t("language-label"), onclick: switchLanguage }, t("language")),
      session ? h("button", { type: "button", id: "sign-out", class: "quiet", onclick: () => app.signOut() }, t("sign-out")) : null));
}

function render () {
  const main = h("main", { id: "main", tabindex: -1 });
  fill(document.getElementById("app"), drawHeader(),
    h("div", { id: "offline", class: "banner warn", role: "alert", hidden: !app.offline }, t("offline")), main, h("footer", { class: "muted" }, t("zone-everywhere")));
  const caseId = /^#\/case\/([A-Za-z0-9_.-]{1,64})$/.exec(location.hash)?.[1];
  if (!app.session)
    showSignIn(app, main);
  else if (caseId)
    showSearch(app, main, caseId);
  else if (location.hash === "#/audit" && app.session.role === "admin")
    showAudit(app, main);
  else if (location.hash === "#/account")
    showAccount(app, main);
  else
    showCases(app, main);
}

async function begin () {
  setLanguage(localStorage.getItem(LANGUAGE_KEY) ?? "vi");
  fill(document.getElementById("app"), h("p", { class: "loading", role: "status" }, t("loading")));
  try {
    const session = await ask("GET", "/api/session");
    if (session.signed_in) {
      app.startSession(session);
      return;
    }
  } catch (refusal) {
    app.offline = refusal.status === 0;
  }
  render();
}

window.addEventListener("hashchange", () => {
  leaveSearch();
  render();
  document.getElementById("main").focus();
});
window.addEventListener("offline", () => setOffline(true));
window.addEventListener("online", () => setOffline(false));
begin();
