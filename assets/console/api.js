// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Questions to the core.

let csrf = "";

// Its message is a word of the core's; words.js has the sentence for it.
export class Refusal extends Error {
  constructor (status, word, waitS) {
    super(word);
    this.status = status;
    this.waitS = waitS;
  }
}

export function useToken (token) {
  csrf = token ?? "";
}

async function send (method, path, body) {
  const headers = { "Accept": "application/json" };
  if (method !== "GET")
    headers["X-CSRF-Token"] = csrf;
  if (body !== undefined)
    headers["Content-Type"] = "application/json";
  let reply;
  try {
    reply = await fetch(path, {
      method, headers, credentials: "same-origin", cache: "no-store", redirect: "error",
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Refusal(0, "offline");
  }
  if (reply.ok)
    return reply;
  let answer = {};
  try {
    answer = await reply.json();
  } catch {
    // a proxy's page: the status has to do
  }
  throw new Refusal(reply.status, answer.error ?? (reply.status >= 500 ? "storage" : "input"), answer.wait_s);
}

export async function ask (method, path, body) {
  return (await send(method, path, body)).json();
}

export async function fetchFile (path, body) {
  return (await send("POST", path, body)).blob();
}
