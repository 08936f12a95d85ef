// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the subcommands have in common: their options, opening the store, saying what went wrong on
// standard error.

#pragma once

#include "kiosk/trace/trace-commands.h"
#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

#define TRACE_LONGEST_STAY_H 16 // of a visit that nobody ended, as the kiosk has it

typedef struct {
  const char *name; // the subcommand's
  char *store, *subject, *venue, *from, *to;
  int longest_stay_h;
  guint8 subject_bytes[TRACE_SUBJECT_SIZE];
  gint64 from_s, to_s;
} TraceOptions;

#define TRACE_OPTIONS(argv)                                                                        \
  {                                                                                                \
    .name = (argv)[0], .longest_stay_h = TRACE_LONGEST_STAY_H                                      \
  }

void trace_options_clear (TraceOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TraceOptions, trace_options_clear)

// --store, --longest-stay and the subcommand's @own (nullable). FALSE: wrong usage, and said so.
gboolean
trace_options_parse (TraceOptions *options, const GOptionEntry *own, int *argc, char ***argv);
// Reads --from and --to, or --subject, likewise.
gboolean trace_options_read_span (TraceOptions *options);
gboolean trace_options_read_subject (TraceOptions *options);

// One that is there: a mistyped name makes none. NULL: *@ret_status is the exit status.
TraceStore *trace_options_open_store (const TraceOptions *options, int *ret_status);
// Likewise, but makes it when it is not there: for what brings something into a store.
TraceStore *trace_options_make_store (const TraceOptions *options, int *ret_status);
// FALSE also when the store does not know it: TRACE_ERROR_REFUSED.
gboolean trace_options_find_subject (const TraceOptions *options,
                                     TraceStore *store,
                                     guint32 *ret_number,
                                     GError **error);
gboolean trace_options_knows_venue (const TraceOptions *options, TraceStore *store, GError **error);
// --venue in its one spelling, as trace_spelling_of () has it; NULL without.
const char *trace_options_spell_venue (const TraceOptions *options, GString *scratch);

// Says it, and returns @status; for an error the exit status that fits.
int trace_options_say (const TraceOptions *options, int status, const char *message);
int trace_options_say_error (const TraceOptions *options, const GError *error);

// Seconds since 1970, or ISO 8601, with seconds or without; without a zone it is Việt Nam's time.
gboolean trace_time_read (const char *text, gint64 *ret_time_s); // @text: nullable

G_END_DECLS
