// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Disease profiles: what counts as a contact, as an authority defined it at some time. They are
// data, dated and numbered, so that an answer of last year can be had again: lines "key = value",
// comments begin with '#'. Those of assets/rules are part of the program; a folder may add more.
// Whatever is not understood is refused with its line.

#pragma once

#include <gio/gio.h>

#include "kiosk/trace/trace-error.h"

G_BEGIN_DECLS

#define TRACE_RULE_BYTES_MAX 16384 // of a file
#define TRACE_RULE_UNSET     (-1)

// Nobody changes it after it was read.
typedef struct {
  char *name; // [A-Za-z0-9_-]{1,32}
  gint64 version;
  char *disease;
  char *source;                   // who said so, where and when
  char *note;                     // (nullable) what of it a venue's records cannot show
  char *valid_from, *valid_until; // ISO dates; the last one nullable
  gint64 distance_cm;             // UNSET: any; never measured here
  gint64 closed_space;            // 1: the same closed space counts without regard to distance
  gint64 min_overlap_s, window_s; // together so long within so long
  gint64 latency_s;               // from an exposure to being infectious
  gint64 infectious_before_onset_d;
  gint64 infectious_before_sample_d; // without symptoms
  gint64 infectious_after_onset_d;   // UNSET: until isolation
  gint64 chain_depth;                // F1 to F…
  gint64 merge_gap_s;                // presence windows nearer than this are one stay
} TraceRule;

// @name: for messages. TRACE_ERROR_INPUT, with the line.
TraceRule *trace_rule_read (const char *name, const char *text, gsize len, GError **error);
void trace_rule_free (TraceRule *rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceRule, trace_rule_free)

// All of the program's own and of @folder (nullable), by name and version. The same name and
// version twice is an error: a folder adds, it replaces nothing. (transfer full, of TraceRule)
GPtrArray *trace_rules_load (const char *folder, GError **error);

// @name: "NAME", the latest version, or "NAME@VERSION". Borrowed from @rules. TRACE_ERROR_INPUT.
const TraceRule *trace_rules_find (const GPtrArray *rules, const char *name, GError **error);

// From when until when somebody is infectious, of whom the day of onset, or else of the sample, is
// known: from midnight on, local time. @ret_to_s: G_MAXINT64 when only isolation ends it. FALSE: no
// date.
gboolean trace_rule_span (const TraceRule *rule,
                          const char *day, // YYYY-MM-DD
                          gboolean is_sample,
                          gint64 *ret_from_s,
                          gint64 *ret_to_s);

// "VN-2021-12, version 1 (in force from 2021-12-29: …)"
char *trace_rule_to_string (const TraceRule *rule); // (transfer full)

G_END_DECLS
