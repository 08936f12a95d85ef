// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A core with one kiosk, and what its store says afterwards.

#pragma once

#include "kiosk/trace/trace-ingest.h"
#include "kiosk/trace/trace-kiosks.h"
#include "tests/kiosk/trace-ingest-cases.h"
#include "tests/kiosk/trace-kiosk.h"

G_BEGIN_DECLS

#define BEGIN_MS G_GINT64_CONSTANT (1794967200000) // 2026-11-18
#define MINUTE   G_GINT64_CONSTANT (60000)
#define SYNCED   JOURNAL_CLOCK_SYNCED

typedef struct {
  char *keys_folder, *uri;
  TraceKeys *keys;
  TraceStore *store;
  TestKiosk *kiosk;
  gint64 now_ms; // the core's
} Core;

// What a case of GTest is given, whichever store it is about.
typedef struct {
  TraceMakeUri make_uri;
  gpointer user_data;
} CoreEngine;

void core_set_up (Core *core, gconstpointer engine);
void core_tear_down (Core *core, gconstpointer engine);
void core_open (Core *core, const char *uri);
void core_close (Core *core);
// A kiosk that joined, at venue "v@number".
TestKiosk *core_join (Core *core, guint number, guint8 epoch);
void core_admit (Core *core, const TestKiosk *kiosk, const char *venue);
// Step by step: a code, and a kiosk that comes with it.
void
core_offer (Core *core, const char *venue, const char *zone, guint8 ret_token[FEED_TOKEN_SIZE]);
TraceAdmission core_ask_to_join (Core *core,
                                 const TestKiosk *kiosk,
                                 const guint8 token[FEED_TOKEN_SIZE],
                                 FeedWelcome *ret_welcome);

// Synchronised, in the first boot.
JournalStamp core_stamp (gint64 after_ms);
TraceIngestAnswer core_send (Core *core, const TestKiosk *kiosk, guint64 first, guint64 last);
TraceIngestAnswer core_send_batch (Core *core,
                                   const TestKiosk *kiosk,
                                   const FeedRange *range,
                                   const guint8 *signature,
                                   GBytes *body);
gint64 core_ask (Core *core, const char *sql);
// "SELECT … WHERE key = $1": of the subject of @identity.
gint64 core_ask_of (Core *core, const char *sql, const char *identity);

G_END_DECLS
