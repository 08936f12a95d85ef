// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The form that makes a question. What was typed is in view.form, and is there again when the
// language changes.

import { choice, field, h, fill, select } from "./dom.js";
import { fromInput, toInput } from "./times.js";
import { t } from "./words.js";

const FILE_MAX = 4 * 1024 * 1024;

function startForm (view) {
  const now = Math.floor(Date.now() / 1000);
  return {
    by: "subject", subject: "", code: "", bluezone: "", spanBy: "by-day",
    profile: view.profiles.some(p => p.name === view.rule) ? view.rule : view.profiles[0].name,
    isSample: false, day: toInput(now).slice(0, 10), from: toInput(now - 14 * 86400), to: toInput(now),
    levels: "", minutes: "", latency: "", limit: "2000", throughStaff: false, isOpen: false,
  };
}

export function drawForm (view, onQuestion) {
  view.form ??= startForm(view);
  const form = view.form;
  const redraw = id => {
    drawForm(view, onQuestion);
    document.getElementById(id)?.focus();
  };
  const profile = view.profiles.find(p => p.name === form.profile);
  const input = (key, props) => {
    const node = h("input", { ...props, oninput: () => { form[key] = node.value; } });
    node.value = form[key];
    return node;
  };

  const message = h("p", { class: "message", role: "alert", id: "question-message" });
  const submit = event => {
    event.preventDefault();
    const word = check(form);
    message.className = word ? "message error" : "message";
    message.textContent = word ? t(`error-${word}`) : "";
    if (!word)
      onQuestion(toQuestion(form));
  };

  fill(view.parts.form, h("form", { onsubmit: submit, novalidate: true },
    h("h2", {}, t("f0")),
    choice("f0-by", t("f0-by"), [["subject", t("by-subject")], ["code", t("by-code")], ["bluezone", t("by-bluezone")]], form.by,
      by => { form.by = by; redraw(`f0-by-${by}`); }),
    drawF0(form, input, message),
    h("h2", {}, t("when")),
    field("profile", t("profile"), select(view.profiles.map(p => [p.name, nameRule(p.name)]), form.profile, name => { form.profile = name; redraw("profile"); }),
      profile?.name === "default" ? t("profile-default-why") : profile?.source),
    choice("span-by", t("span-by"), [["by-day", t("by-day")], ["by-hand", t("by-hand")]], form.spanBy,
      by => { form.spanBy = by; redraw(`span-by-${by}`); }),
    form.spanBy === "by-day" ? drawDay(form, input, profile, redraw) : drawSpan(input),
    drawMore(form, input, profile),
    message,
    h("button", { type: "submit", class: "primary wide", id: "run" }, t("run"))));
}

export function nameRule (name) {
  return name === "default" ? t("profile-default") : name;
}

function drawF0 (form, input, message) {
  if (form.by === "subject")
    return field("subject", t("subject"), input("subject", { type: "text", class: "code", autocomplete: "off", spellcheck: "false", autocapitalize: "none", maxlength: 32 }), t("subject-hint"));
  if (form.by === "code")
    return field("code", t("code"), input("code", { type: "text", class: "code secret", autocomplete: "off", spellcheck: "false", autocapitalize: "none", maxlength: 4296 }), t("code-hint"));
  const file = h("input", { type: "file", accept: ".json,.txt,application/json", onchange: async () => {
    form.bluezone = "";
    const chosen = file.files[0];
    if (chosen?.size > FILE_MAX) {
      message.className = "message error";
      message.textContent = t("error-size");
    } else if (chosen) {
      form.bluezone = await chosen.text();
    }
  } });
  return field("bluezone", t("bluezone"), file, t("bluezone-hint"));
}

function drawDay (form, input, profile, redraw) {
  const days = form.isSample ? profile?.before_sample_d : profile?.before_onset_d;
  return h("div", { class: "pair uneven" },
    field("day-of", t("day-of"), select([["onset", t("day-onset")], ["sample", t("day-sample")]], form.isSample ? "sample" : "onset",
      value => { form.isSample = value === "sample"; redraw("day-of"); })),
    field("day", t("day"), input("day", { type: "date" }), t("day-hint", { days })));
}

function drawSpan (input) {
  return h("div", {},
    field("from", t("from"), input("from", { type: "datetime-local" })),
    field("to", t("to"), input("to", { type: "datetime-local" }), t("zone-hint")));
}

function drawMore (form, input, profile) {
  const staff = h("input", { type: "checkbox", id: "through-staff", onchange: () => { form.throughStaff = staff.checked; } });
  staff.checked = form.throughStaff;
  const number = (key, min, max, fallback) => input(key, { type: "number", inputmode: "numeric", min, max, placeholder: fallback });
  const details = h("details", { ontoggle: () => { form.isOpen = details.open; } },
    h("summary", {}, t("more")),
    h("div", { class: "pair" },
      field("levels", t("levels"), number("levels", 1, 16, profile?.levels)),
      field("minutes", t("min-minutes"), number("minutes", 1, 1440, Math.ceil((profile?.min_overlap_s ?? 900) / 60))),
      field("latency", t("latency-hours"), number("latency", 0, 720, Math.round((profile?.latency_s ?? 0) / 3600))),
      field("limit", t("limit"), number("limit", 1, 20000, 2000))),
    h("div", { class: "check" }, staff, h("label", { for: "through-staff" }, t("through-staff"))));
  details.open = form.isOpen;
  return details;
}

// NULL, or the word of what is missing. What only the core can know is left to the core.
function check (form) {
  if (form.by === "subject" && !/^[0-9a-fA-F]{32}$/.test(form.subject.trim()))
    return form.subject.trim() === "" ? "index" : "subject";
  if (form.by !== "subject" && form[form.by].trim() === "")
    return "index";
  if (form.spanBy === "by-day" ? form.day === "" : !(fromInput(form.from) < fromInput(form.to)))
    return "span";
  return null;
}

function toQuestion (form) {
  const question = { rule: form.profile, index: { [form.by]: form[form.by].trim() }, through_staff: form.throughStaff };
  const add = (name, text, factor) => {
    if (text !== "")
      question[name] = Math.round(Number(text) * factor);
  };
  if (form.spanBy === "by-day")
    Object.assign(question, { day: form.day, is_sample: form.isSample });
  else
    Object.assign(question, { from: fromInput(form.from), to: fromInput(form.to) });
  add("levels", form.levels, 1);
  add("min_overlap_s", form.minutes, 60);
  add("latency_s", form.latency, 3600);
  add("limit", form.limit, 1);
  return question;
}
