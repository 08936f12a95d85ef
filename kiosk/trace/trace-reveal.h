// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What visitors told about themselves, opened for the subjects of one case with the officer's key.
// Who, when, why and whom is in the audit log before anything is opened; what was refused is too.

#pragma once

#include "kiosk/trace/trace-db.h"
#include "kiosk/trace/trace-officer.h"
#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

typedef struct {
  const char *case_id;
  const char *officer, *reason;
  const guint8 *subject; // (nullable) of one only
} TraceReveal;

// Is it allowed? TRACE_ERROR_REFUSED: no such case, a closed one, or the subject is not in it.
gboolean trace_reveal_check (TraceDb *db, const TraceReveal *reveal, GError **error);
// Writes down that it was refused, or tried with a wrong passphrase. @why: a few words.
gboolean
trace_reveal_note_refused (TraceDb *db, const TraceReveal *reveal, const char *why, GError **error);

typedef struct {
  guint8 subject[TRACE_SUBJECT_SIZE];
  guint8 kiosk[16];
  gint64 seq;
  const char *details; // UTF-8; NULL: sealed to another key. Wiped after the call
} TraceRevealed;
typedef void (*TraceRevealTell) (const TraceRevealed *revealed, gpointer user_data);

// Checks again, writes the log, then opens. FALSE: nothing was told, or it broke off.
gboolean trace_reveal (TraceDb *db,
                       const TraceReveal *reveal,
                       const TraceOfficerKey *key,
                       TraceRevealTell tell,
                       gpointer user_data,
                       GError **error);

G_END_DECLS
