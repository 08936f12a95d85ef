// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Times as the officers' clocks show them: Việt Nam's, wherever the browser is.

import { getLanguage } from "./words.js";

const ZONE = "Asia/Ho_Chi_Minh";
const AHEAD_S = 7 * 3600; // all year, since 1975

const formats = new Map();

function format (seconds, name, options) {
  const locale = getLanguage() === "vi" ? "vi-VN" : "en-GB";
  const key = `${locale} ${name}`;
  if (!formats.has(key))
    formats.set(key, new Intl.DateTimeFormat(locale, { timeZone: ZONE, hourCycle: "h23", ...options }));
  return formats.get(key).format(new Date(seconds * 1000));
}

// With slashes in both languages: what Intl has for Vietnamese differs from browser to browser.
function formatDate (s, withYear) {
  const [year, month, day] = toInput(s).slice(0, 10).split("-");
  return withYear ? `${day}/${month}/${year}` : `${day}/${month}`;
}

export const formatClock = s => format(s, "clock", { hour: "2-digit", minute: "2-digit" });
export const formatDay = s => format(s, "day", { weekday: "short", day: "2-digit", month: "2-digit" });
export const formatMoment = s => `${formatClock(s)} ${formatDate(s)}`;
export const formatMomentLong = s => `${formatClock(s)} ${formatDate(s, true)}`;

// From and to, the day only once when it is the same.
export function formatSpan (from, to) {
  return dayOf(from) === dayOf(to) ? `${formatClock(from)}–${formatClock(to)}, ${formatDate(from)}` : `${formatMoment(from)} – ${formatMoment(to)}`;
}

export function dayOf (seconds) {
  return Math.floor((seconds + AHEAD_S) / 86400);
}

export function startOfDay (day) {
  return day * 86400 - AHEAD_S;
}

// What <input type="datetime-local"> has, in Việt Nam's time.
export function toInput (seconds) {
  return new Date((seconds + AHEAD_S) * 1000).toISOString().slice(0, 16);
}

export function fromInput (text) {
  const ms = Date.parse(`${text}Z`);
  return Number.isNaN(ms) ? null : ms / 1000 - AHEAD_S;
}

export function formatNumber (n) {
  return new Intl.NumberFormat(getLanguage() === "vi" ? "vi-VN" : "en-GB").format(n);
}

export function minutes (seconds) {
  return Math.round(seconds / 60);
}
