// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whom a question is about, as the options say it: a subject, the code of a card on standard input,
// or Bluezone's published keys. What was read of a card is forgotten as soon as its subject is
// known.

#pragma once

#include "kiosk/trace/trace-bluezone.h"
#include "kiosk/trace/trace-options.h"

G_BEGIN_DECLS

typedef struct {
  char *subject, *credential, *bluezone_keys;
  char *keys;      // the core's key folder
  GArray *limits;  // of TraceLimit: the names that the store knows, each with its time
  GArray *numbers; // of guint32: each name once
  guint8 first[TRACE_SUBJECT_SIZE]; // the subject; of Bluezone's keys the first that is known, or 0
  gsize n_ids;                      // of Bluezone's keys
} TracePerson;

#define TRACE_PERSON_ENTRIES(person)                                                               \
  { "subject", 0, 0, G_OPTION_ARG_STRING, &(person)->subject, "The index case", "HEX" },           \
      { "credential",                                                                              \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_STRING,                                                                       \
        &(person)->credential,                                                                     \
        "The index case by a card's code, on standard input",                                      \
        "-" },                                                                                     \
      { "bluezone-keys",                                                                           \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_FILENAME,                                                                     \
        &(person)->bluezone_keys,                                                                  \
        "The index case by published keys (InfoF)",                                                \
        "FILE" },                                                                                  \
  {                                                                                                \
    "keys", 0, 0, G_OPTION_ARG_FILENAME, &(person)->keys,                                          \
        "The core's keys (beside an SQLite store)", "FOLDER"                                       \
  }

void trace_person_clear (TracePerson *person);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TracePerson, trace_person_clear)

// Exactly one of the three is given. FALSE: wrong usage, and said so.
gboolean trace_person_check (const TracePerson *person, const TraceOptions *options);

// Fills in the others for [from_s, to_s). Nobody the store knows: no names. TRACE_ERROR_INPUT: the
// subject, code or keys cannot be read.
gboolean trace_person_find (TracePerson *person,
                            TraceStore *store,
                            const char *store_uri,
                            gint64 from_s,
                            gint64 to_s,
                            GError **error);

// Whether the store knows them at all: whom nobody recorded has no answer, which is not the same as
// an answer without contacts. FALSE: TRACE_ERROR_REFUSED.
gboolean trace_person_is_known (const TracePerson *person, GError **error);

G_END_DECLS
