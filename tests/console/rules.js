// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Rules of WCAG 2.1 AA that a program can check on a page as it is. Returns what is wrong.

const problems = [];
const complain = (node, text) => problems.push(`${text}: ${node.outerHTML.slice(0, 120)}`);
const isShown = node => node.getClientRects().length > 0 && getComputedStyle(node).visibility !== "hidden";
const all = selector => [...document.querySelectorAll(selector)].filter(isShown);

// 3.1.1, 2.4.2
if (!/^(vi|en)$/.test(document.documentElement.lang))
  problems.push("no language");
if (document.title.trim() === "")
  problems.push("no title");

// 4.1.1
const ids = [...document.querySelectorAll("[id]")].map(node => node.id);
for (const id of new Set(ids.filter((one, i) => ids.indexOf(one) !== i)))
  problems.push(`two elements of id ${id}`);

// 4.1.2, 1.3.1, 3.3.2: what each control is called
function nameOf (node) {
  const by = node.getAttribute("aria-labelledby");
  if (by)
    return by.split(" ").map(id => document.getElementById(id)?.textContent ?? "").join(" ").trim();
  return (node.getAttribute("aria-label") ?? (node.labels?.length > 0 ? [...node.labels].map(l => l.textContent).join(" ") : "")).trim() ||
    (/^(BUTTON|A|SUMMARY)$/.test(node.tagName) ? node.textContent.trim() : "");
}
for (const node of all("a, button, input, select, summary, progress, dialog, [role=tab], [role=tabpanel], [role=region], [role=group]"))
  if (nameOf(node) === "" && node.getAttribute("role") !== "group" && node.getAttribute("aria-hidden") !== "true")
    complain(node, "no name");
for (const node of all("svg[tabindex], svg[role=img]"))
  if (!node.getAttribute("aria-label"))
    complain(node, "no name");
for (const node of document.querySelectorAll("img:not([alt])"))
  complain(node, "no alternative text");
for (const node of all("[aria-describedby], [aria-controls], [aria-labelledby]"))
  for (const attribute of ["aria-describedby", "aria-controls", "aria-labelledby"])
    for (const id of (node.getAttribute(attribute) ?? "").split(" ").filter(Boolean))
      if (!document.getElementById(id))
        complain(node, `${attribute} points nowhere`);
for (const node of document.querySelectorAll("[aria-hidden=true] button, [aria-hidden=true] a, [aria-hidden=true] input"))
  complain(node, "hidden from some, yet a control");

// 1.3.1: headings, tables, landmarks, tabs
let before = 0;
const scope = document.querySelector("dialog[open]") ?? document.body;
for (const node of [...scope.querySelectorAll("h1, h2, h3, h4")].filter(isShown)) {
  const level = Number(node.tagName[1]);
  if (before > 0 && level > before + 1)
    complain(node, `heading ${level} after ${before}`);
  before = level;
}
if (all("h1").length !== 1)
  problems.push(`${all("h1").length} h1`);
if (all("main").length !== 1 || all("header").length !== 1)
  problems.push("no main, or no header");
for (const table of all("table")) {
  for (const cell of table.querySelectorAll("thead *:is(td, th)"))
    if (cell.tagName !== "TH" || cell.getAttribute("scope") !== "col")
      complain(cell, "not a column's header");
  if (!table.querySelector("thead th"))
    complain(table, "a table without headers");
}
for (const list of all("[role=tablist]"))
  if (list.querySelectorAll("[aria-selected=true]").length !== 1 || list.querySelectorAll("[tabindex='0']").length !== 1)
    complain(list, "not one tab is chosen");
for (const node of all("ul, ol"))
  for (const child of node.children)
    if (child.tagName !== "LI")
      complain(child, "not an item of its list");

// 4.1.3
if (document.getElementById("status") && document.getElementById("status").getAttribute("aria-live") !== "polite")
  problems.push("progress is not told");

// 2.1.1: what can be clicked can be reached
for (const node of document.querySelectorAll("[tabindex]"))
  if (Number(node.getAttribute("tabindex")) > 0)
    complain(node, "tabindex over 0");
for (const node of all(".scroll"))
  if (node.scrollWidth > node.clientWidth && !node.hasAttribute("tabindex"))
    complain(node, "scrolls, but not by keys");

// 2.5.8: 24 by 24
for (const node of all("button, select, input:not([type=radio], [type=checkbox], .hidden), summary")) {
  const box = node.getBoundingClientRect();
  if (box.width < 24 || box.height < 24)
    complain(node, `a target of ${Math.round(box.width)} by ${Math.round(box.height)}`);
}

// 1.4.3, 1.4.11: contrast, of the colours as they were computed
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
function toRgba (colour) {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
}
function over ([r, g, b, a], [R, G, B]) {
  return [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
}
function backgroundOf (node) {
  const layers = [];
  for (let at = node; at; at = at.parentElement) {
    const colour = toRgba(getComputedStyle(at).backgroundColor);
    layers.push(colour);
    if (colour[3] === 1)
      break;
  }
  return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
}
function luminance (rgb) {
  const [r, g, b] = rgb.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast (a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}
function hasOwnText (node) {
  return [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim() !== "");
}
for (const node of all("body *")) {
  if (!hasOwnText(node) || /^(SCRIPT|STYLE|OPTION|NOSCRIPT)$/.test(node.tagName) || node.closest(".hidden, .skip") || node.disabled)
    continue;
  const style = getComputedStyle(node);
  const isSvg = node instanceof SVGElement;
  const ground = isSvg && node.closest(".dot.f0") ? toRgba(getComputedStyle(node.closest(".dot.f0")).fill) : backgroundOf(isSvg ? node.closest("svg") : node);
  const ink = over(toRgba(isSvg ? style.fill : style.color), ground);
  const size = parseFloat(style.fontSize), isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  const found = contrast(ink, ground);
  if (found < (isLarge ? 3 : 4.5))
    complain(node, `contrast ${found.toFixed(2)}`);
}
for (const node of all("input:not([type=radio], [type=checkbox], [type=file]), select")) {
  const found = contrast(toRgba(getComputedStyle(node).borderTopColor), backgroundOf(node.parentElement));
  if (found < 3)
    complain(node, `contrast of the border ${found.toFixed(2)}`);
}

// 1.4.10: nothing is wider than the window
if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
  problems.push(`the page is ${document.documentElement.scrollWidth - document.documentElement.clientWidth} px too wide`);

return problems;
