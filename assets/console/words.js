// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every word on the screen, in both languages.

import { vi } from "./words-vi.js";
import { en } from "./words-en.js";

const languages = { vi, en };
let language = "vi";

export function getLanguage () {
  return language;
}

export function setLanguage (name) {
  language = name in languages ? name : "vi";
  document.documentElement.lang = language;
  document.title = t("title");
}

// {name} in a sentence is replaced by values.name.
export function t (key, values = {}) {
  const sentence = languages[language][key] ?? languages.vi[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function tellRefusal (refusal) {
  const key = `error-${refusal.message}`;
  if (!(key in vi))
    return t("error-unexpected");
  return t(key, { wait: refusal.waitS ?? 1 });
}
