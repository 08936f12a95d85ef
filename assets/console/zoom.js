// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Moving and zooming a picture by keys, pointer, wheel and buttons. The picture says what a step
// means.

import { h } from "./dom.js";
import { t } from "./words.js";

export function drawZoomButtons (picture) {
  const button = (key, sign, factor) => h("button", { type: "button", class: "quiet", "aria-label": t(key), title: t(key), onclick: () => picture.zoom(factor, 0.5) }, sign);
  return h("div", { class: "zoom", role: "group" },
    button("zoom-in", "+", 0.5), button("zoom-out", "−", 2),
    h("button", { type: "button", class: "quiet", onclick: () => picture.reset() }, t("zoom-all")));
}

// @picture: zoom (factor, where: 0 left … 1 right), move (dx, dy: parts of the picture), reset ()
export function listen (node, picture) {
  node.addEventListener("keydown", event => {
    const steps = {
      "ArrowLeft": () => picture.move(-0.15, 0), "ArrowRight": () => picture.move(0.15, 0),
      "ArrowUp": () => picture.move(0, -0.15), "ArrowDown": () => picture.move(0, 0.15),
      "+": () => picture.zoom(0.5, 0.5), "=": () => picture.zoom(0.5, 0.5), "-": () => picture.zoom(2, 0.5), "0": () => picture.reset(),
    };
    if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey)
      return;
    event.preventDefault();
    steps[event.key]();
  });
  node.addEventListener("wheel", event => {
    if (!event.ctrlKey && !event.shiftKey)
      return; // the page scrolls
    event.preventDefault();
    const box = node.getBoundingClientRect();
    picture.zoom(event.deltaY > 0 ? 1.25 : 0.8, (event.clientX - box.left) / box.width);
  }, { passive: false });
  let last = null;
  node.addEventListener("pointerdown", event => {
    last = event.target.closest(".dot") ? null : { x: event.clientX, y: event.clientY };
    if (last)
      node.setPointerCapture(event.pointerId);
  });
  node.addEventListener("pointermove", event => {
    if (!last)
      return;
    const box = node.getBoundingClientRect();
    picture.move((last.x - event.clientX) / box.width, (last.y - event.clientY) / box.height);
    last = { x: event.clientX, y: event.clientY };
  });
  for (const end of ["pointerup", "pointercancel"])
    node.addEventListener(end, () => { last = null; });
}
