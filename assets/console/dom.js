// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Elements. Whatever is text stays text: nothing here reads markup.

const SVG = "http://www.w3.org/2000/svg";

function build (node, props, children) {
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false)
      continue;
    if (key.startsWith("on"))
      node.addEventListener(key.slice(2), value);
    else
      node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat(3).filter(child => child !== null && child !== undefined && child !== false));
  return node;
}

export function h (tag, props, ...children) {
  return build(document.createElement(tag), props, children);
}

export function svg (tag, props, ...children) {
  return build(document.createElementNS(SVG, tag), props, children);
}

export function fill (node, ...children) {
  node.replaceChildren();
  return build(node, null, children);
}

// A control with its label above, and what is wrong or to be known below.
export function field (id, label, control, hint) {
  control.id = id;
  if (hint)
    control.setAttribute("aria-describedby", `${id}-hint`);
  return h("div", { class: "field" },
    h("label", { for: id }, label), control,
    hint ? h("p", { class: "hint", id: `${id}-hint` }, hint) : null);
}

// One of several; arrow keys work as in any group of radio buttons.
export function choice (name, legend, options, chosen, onchange) {
  return h("fieldset", { class: "choice" },
    h("legend", {}, legend),
    h("div", { class: "segments" }, options.map(([value, label]) => {
      const input = h("input", { type: "radio", name, value, id: `${name}-${value}`, onchange: () => onchange(value) });
      input.checked = value === chosen;
      return h("span", { class: "segment" }, input, h("label", { for: `${name}-${value}` }, label));
    })));
}

export function select (options, chosen, onchange) {
  const node = h("select", { onchange: () => onchange(node.value) },
    options.map(([value, label]) => h("option", { value }, label)));
  node.value = chosen;
  return node;
}
