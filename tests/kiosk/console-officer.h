// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An officer's browser, as far as the console can tell: it keeps the cookie, and sends what a page
// of the console would send. Around it a store with a small town, and a clock that stands still.

#pragma once

#include <json-glib/json-glib.h>

#include "kiosk/trace/trace-console.h"
#include "tests/kiosk/trace-postgres.h"

#define AN   "000000000000000000000000000000a1"
#define BA   "000000000000000000000000000000b2"
#define CHI  "000000000000000000000000000000c3"
#define DUNG "000000000000000000000000000000d4"

#define PASSWORD "một mật khẩu dài"
#define QUESTION "\"from\":990000,\"to\":1020000"

typedef struct {
  char *folder, *uri;
  TraceStore *store;
  TraceConsole *console;
  TraceConsoleOptions options;
  gint64 now_ms;

  // What the next request says of itself; NULL: nothing.
  const char *peer, *origin, *host, *site, *type, *csrf_field;
  gboolean is_secure;
  char *cookie, *csrf;

  // The last answer.
  guint status;
  char *text;
  JsonObject *json;
  GHashTable *fields; // lower case
} Officer;

// @postgres: (nullable) the TracePostgres that the store is in; else it is a file.
void officer_set_up (Officer *officer, gconstpointer postgres);
void officer_tear_down (Officer *officer, gconstpointer unused);
// The console again, with what is now in the options.
void officer_restart_console (Officer *officer);

// @body: nullable. Returns the status.
guint officer_ask (Officer *officer, const char *method, const char *target, const char *body);
guint officer_sign_in (Officer *officer, const char *name, const char *password);
// A case of that id, opened by whoever is signed in.
void officer_open_case (Officer *officer, const char *id);
const char *officer_get_field (const Officer *officer, const char *name); // (nullable)
const char *officer_get_text (const Officer *officer, const char *member);
gint64 officer_get_int (const Officer *officer, const char *member);
// The search's state when it is over.
const char *officer_wait_for_search (Officer *officer, const char *id);
