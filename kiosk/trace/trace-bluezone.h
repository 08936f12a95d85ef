// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Bluezone's published keys: which of a case's identifiers did kiosks hear, in the identifier's own
// 15 minutes? Anybody can send an identifier again later, so that what was heard at other times
// does not count.

#pragma once

#include "kiosk/trace/trace-seed.h"
#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

#define TRACE_BLUEZONE_BYTES_MAX (16 * 1024 * 1024)
#define TRACE_BLUEZONE_KEYS_MAX  100000
#define TRACE_BLUEZONE_DAYS_MAX  60 // of one key

// How far a phone's clock, or a change of its identifier, may be late or early.
#define TRACE_BLUEZONE_SKEW_S 120

// One entry of InfoF: a key, and the days from its own on.
typedef struct {
  guint8 key[32];
  gint64 from_s; // midnight UTC of the key's day
  gint64 last_s; // the last moment, as phones take it: the slot that it lies in counts
  guint n_slots; // of a day
} TraceBluezoneKey;

// Reads what an authority published:
// {"data":[{"daily_key":…,"time_start":…,"max":…,"time_end":…}]}, plain, or as a string in "InfoF",
// and that again in "DataContent", as the app's push has it. (transfer full, of TraceBluezoneKey)
// TRACE_ERROR_INPUT: says which entry, and what is wrong.
GArray *trace_bluezone_read (const char *text, gsize len, GError **error);

// The subject of an identity; as trace_keys_make_subject ().
typedef void (*TraceMakeSubject) (gconstpointer keys,
                                  const char *identity,
                                  gsize len,
                                  guint8 ret_subject[TRACE_SUBJECT_SIZE]);

typedef struct {
  TraceMakeSubject make;
  gconstpointer keys;
} TraceMaker;

typedef struct {
  gsize n_ids;    // identifiers of the span
  GArray *limits; // of TraceLimit: those that the store knows, each with its slot
} TraceBluezoneAnswer;

// Identifiers of @keys that were to be sent in [from_s, to_s) and that the store knows.
gboolean trace_bluezone_find (TraceStore *store,
                              const GArray *keys,
                              gint64 from_s,
                              gint64 to_s,
                              const TraceMaker *maker,
                              TraceBluezoneAnswer *ret_answer,
                              GError **error);
void trace_bluezone_answer_clear (TraceBluezoneAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TraceBluezoneAnswer, trace_bluezone_answer_clear)

G_END_DECLS
