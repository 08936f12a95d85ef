// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A case's page: the question on the left, the answer on the right.

import { buildChanges, drawChanges, followChanges, leaveChanges } from "./changes.js";
import { h, fill } from "./dom.js";
import { drawIndex } from "./index-cases.js";
import { drawForm } from "./question.js";
import { drawResults } from "./results.js";
import { formatNumber } from "./times.js";
import { t, tellRefusal } from "./words.js";

const POLL_MS = 400;

// Of the case that is open. Nothing of it outlives the page.
let view = null;

export function leaveSearch () {
  if (view)
    leaveChanges(view);
  clearTimeout(view?.timer);
  view = null;
}

export async function showSearch (app, main, caseId) {
  if (view?.caseId !== caseId)
    view = { caseId, profiles: null, form: null, job: null, rows: [], stays: [], counts: [], timer: 0, filters: {}, tab: "list", refusal: null, drawn: "", index: [], added: null, withdrawn: null, changes: null };
  view.app = app;
  view.parts = {
    form: h("section", { class: "question card", "aria-label": t("search-form") }),
    progress: h("div", { class: "progress", id: "progress" }),
    status: h("p", { class: "status", role: "status", "aria-live": "polite", id: "status" }),
    add: h("div", { class: "add" }),
    index: h("section", { class: "index-cases", "aria-label": t("case-index") }),
    changes: buildChanges(),
    results: h("section", { class: "results", "aria-label": t("results") }),
  };
  fill(main,
    h("div", { class: "heading" },
      h("h1", {}, `${t("case")} ${caseId}`), h("a", { href: "#/" }, `← ${t("back")}`)),
    view.parts.index, view.parts.changes,
    h("div", { class: "work" }, view.parts.form,
      h("div", { class: "answer" }, h("div", { class: "card run" }, view.parts.progress, view.parts.status, view.parts.add), view.parts.results)));
  view.drawn = "";
  const mine = view;
  try {
    if (!mine.profiles) { // else only the language is another
      const [{ profiles }, one] = await Promise.all([app.ask("GET", "/api/profiles"), app.ask("GET", `/api/cases/${caseId}`)]);
      Object.assign(mine, { profiles, rule: one.rule, index: one.index, isClosed: one.is_closed });
    }
  } catch (refusal) {
    fill(mine.parts.form, h("p", { class: "message error", role: "alert" }, tellRefusal(refusal)));
    return;
  }
  if (mine !== view)
    return;
  drawForm(view, start);
  drawIndexOf(view);
  draw();
  if (mine.changes)
    drawChanges(mine);
  else
    followChanges(mine, false);
}

function drawIndexOf (mine) {
  drawIndex(mine, () => {
    mine.added = null;
    drawIndexOf(mine);
    if (mine !== view)
      return;
    draw();
    followChanges(mine, true);
  });
}

// Who was searched for is not in the case before the officer says so.
function drawAdd (mine) {
  const { job, added } = mine;
  const key = `${job?.id} ${added?.label} ${added?.refusal?.message}`;
  if (mine.parts.add.dataset.key === key)
    return;
  mine.parts.add.dataset.key = key;
  const button = h("button", { type: "button", id: "add-f0", onclick: () => add(mine, button) }, t("add-f0"));
  fill(mine.parts.add, !job ? null : added?.label ?
    h("p", { class: "message", id: "added", role: "status", tabindex: -1 }, t(added.is_new ? "added-f0" : "added-f0-again", added)) :
    [button, added?.refusal ? h("p", { class: "message error", role: "alert" }, tellRefusal(added.refusal)) : null]);
}

async function add (mine, button) {
  button.disabled = true;
  try {
    mine.added = await mine.app.ask("POST", `/api/search/${mine.job.id}/add`, {});
    mine.withdrawn = null;
    mine.index = (await mine.app.ask("GET", `/api/cases/${mine.caseId}`)).index;
  } catch (refusal) {
    if (!mine.added?.label)
      mine.added = { refusal };
  }
  button.disabled = false;
  if (mine !== view)
    return;
  drawIndexOf(mine);
  drawAdd(mine);
  if (mine.added.label)
    followChanges(mine, true);
  document.getElementById(mine.added.label ? "added" : "add-f0")?.focus();
}

async function start (question) {
  const mine = view;
  clearTimeout(mine.timer);
  Object.assign(mine, { job: null, rows: [], stays: [], counts: [], refusal: null, filters: {}, drawn: "", added: null });
  mine.starting = true;
  draw();
  if (mine.parts.form.getBoundingClientRect().right > mine.parts.status.getBoundingClientRect().left)
    mine.parts.status.scrollIntoView(); // one below the other, on a phone
  try {
    take(mine, await mine.app.ask("POST", "/api/search", { case: mine.caseId, ...question }));
  } catch (refusal) {
    mine.refusal = refusal;
  }
  mine.starting = false;
  if (mine !== view)
    return;
  if (mine.job)
    schedule(mine, 0);
  draw();
}

function take (mine, answer) {
  if (mine.job && answer.edition !== mine.job.edition)
    mine.rows = [];
  mine.job = answer;
  if (answer.stays)
    mine.stays = answer.stays;
  if (answer.counts)
    mine.counts = answer.counts;
  if (answer.first === 0)
    mine.rows = [];
  if (answer.first === mine.rows.length)
    mine.rows.push(...answer.rows);
}

function schedule (mine, delayMs) {
  const isOver = mine.job.state !== "running";
  if (isOver && mine.rows.length >= mine.job.n_rows)
    return;
  mine.timer = setTimeout(() => poll(mine), isOver || mine.rows.length < mine.job.n_rows ? 0 : delayMs);
}

async function poll (mine) {
  try {
    take(mine, await mine.app.ask("GET", `/api/search/${mine.job.id}?after=${mine.rows.length}&edition=${mine.job.edition}`));
    mine.refusal = null;
  } catch (refusal) {
    if (mine !== view)
      return;
    mine.refusal = refusal;
    draw();
    if (refusal.status === 0 || refusal.status === 429)
      mine.timer = setTimeout(() => poll(mine), (refusal.waitS ?? 3) * 1000); // the line may come back
    return;
  }
  if (mine !== view)
    return;
  draw();
  schedule(mine, POLL_MS);
}

async function stop () {
  try {
    await view.app.ask("DELETE", `/api/search/${view.job.id}`);
  } catch (refusal) {
    view.refusal = refusal;
    draw();
  }
}

function describe (mine) {
  const { job, refusal, starting } = mine;
  if (refusal)
    return tellRefusal(refusal);
  if (starting)
    return t("starting");
  if (!job)
    return "";
  const found = job.levels.reduce((sum, n) => sum + n, 0);
  if (job.state === "running")
    return `${t("progress-level", { level: job.level, done: formatNumber(job.n_done), members: formatNumber(job.n_members) })} · ${t("progress-found", { n: formatNumber(found) })}`;
  if (job.state === "done") {
    const seconds = (Math.max(job.took_ms, 10) / 1000).toLocaleString(document.documentElement.lang, { maximumFractionDigits: job.took_ms < 1000 ? 2 : 1 });
    return t(found > 0 ? "finished" : "finished-none", { s: seconds, n: formatNumber(found) });
  }
  return t({ stopped: "stopped", time: "timed-out", failed: "failed" }[job.state]);
}

function drawProgress (mine) {
  const isRunning = mine.starting || mine.job?.state === "running";
  const bar = h("progress", { "aria-label": t("search"), max: 1 });
  if (mine.job?.n_members > 0)
    bar.value = mine.job.n_done / mine.job.n_members;
  fill(mine.parts.progress, isRunning ? [bar, mine.job ? h("button", { type: "button", id: "stop", onclick: stop }, t("stop")) : null] : null);
  const sentence = describe(mine);
  mine.parts.status.className = mine.refusal || mine.job?.state === "failed" ? "status error" : "status";
  if (mine.parts.status.textContent !== sentence)
    mine.parts.status.textContent = sentence;
}

function draw () {
  drawProgress(view);
  drawAdd(view);
  // The answer is drawn again only when there is more of it: a table that somebody reads stays.
  const drawn = `${view.job?.edition} ${view.rows.length} ${view.stays.length} ${view.job?.state}`;
  if (drawn === view.drawn)
    return;
  view.drawn = drawn;
  drawResults(view);
}
