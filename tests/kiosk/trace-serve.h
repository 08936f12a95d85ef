// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The core as its operator runs it: the program `tramxanh-trace`, in a folder of its own, called
// over its socket.

#pragma once

#include <gio/gio.h>

#include "kiosk/trace/trace-store.h"
#include "tests/kiosk/trace-kiosk.h"

G_BEGIN_DECLS

typedef struct {
  char *folder, *store;
  GSubprocess *child; // (nullable)
  guint16 port;
  gboolean is_plain;
} Serve;

void serve_init (Serve *serve);
void serve_clear (Serve *serve);
char *serve_path (const Serve *serve, const char *name); // in its folder, (transfer full)

// Starts `serve` on a free port, with @config (nullable) as its configuration.
void serve_start (Serve *serve, const char *config);
void serve_kill (Serve *serve); // at once
void serve_stop (Serve *serve); // as its operator does; it has to end well

// Runs "tramxanh-trace COMMAND --store STORE ARGUMENTS". Returns its exit status.
int serve_run (const Serve *serve, const char *command, const char *arguments, char **ret_output);
TraceStore *serve_open_store (const Serve *serve);
gint64 serve_ask (const Serve *serve, const char *sql);

typedef struct {
  long status; // 0: no answer
  GByteArray *body;
  GString *head;
} Answer;

void answer_clear (Answer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)
// NULL: there is none. (transfer full)
char *answer_get_field (const Answer *answer, const char *name);

typedef struct {
  const char *method, *path, *type, *encoding;
  GBytes *body;          // (nullable)
  const char *fields[8]; // "Name: value"
  const guint8 *pin;     // (nullable) of the server's key
  const char *from;      // (nullable) the address to call from
  long tls_max;          // CURL_SSLVERSION_MAX_…, 0: any
} Question;

// Over HTTPS, or HTTP when it is plain.
void serve_call (const Serve *serve, const Question *question, Answer *ret_answer);

// Makes a code for @venue.
void serve_offer (const Serve *serve, const char *venue, FeedCode *ret_code);
// Joins with it: a kiosk that seals to this core.
TestKiosk *
serve_join (const Serve *serve, guint8 number, const FeedCode *code, FeedWelcome *ret_welcome);
// The same in two steps.
void serve_ask_to_join (const Serve *serve,
                        guint8 number,
                        const FeedCode *code,
                        const guint8 *pin, // (nullable)
                        Answer *ret_answer);
TestKiosk *serve_take_welcome (guint8 number, const Answer *answer, FeedWelcome *ret_welcome);
void serve_feed (const Serve *serve,
                 const TestKiosk *kiosk,
                 guint64 first,
                 guint64 last,
                 const char *encoding,
                 Answer *ret_answer);

// Raw bytes over a connection of its own, plain HTTP; what comes back until the other side closes,
// or @limit_ms is over. (transfer full)
char *serve_tell (const Serve *serve, const char *bytes, gsize len, guint limit_ms);
// The status of what came back, 0: nothing.
guint serve_status_of (const char *answer);

G_END_DECLS
