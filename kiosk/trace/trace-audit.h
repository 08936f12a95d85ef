// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who did what, when and why. Each entry's hash is BLAKE2b-256 of the one before and of the entry,
// so that none can be changed, taken out or put in between without all later hashes changing. The
// newest hash, written down elsewhere, also tells that none was cut off.

#pragma once

#include "kiosk/trace/trace-db.h"

G_BEGIN_DECLS

#define TRACE_AUDIT_HASH_SIZE   32
#define TRACE_AUDIT_OFFICER_MAX 64  // bytes
#define TRACE_AUDIT_REASON_MAX  400 // bytes

// UTF-8 without control characters; never anybody's name but the officer's.
typedef struct {
  const char *officer;
  const char *action;  // a word
  const char *case_id; // "": of no case
  const char *reason;  // in the officer's words; "": none is asked for
  const char *what;    // which subjects, which rule; "": nothing more
} TraceAuditEntry;

typedef struct {
  gint64 n; // entries
  guint8 hash[TRACE_AUDIT_HASH_SIZE];
} TraceAuditHead;

// TRACE_ERROR_INPUT: empty, too long, or not such text.
gboolean trace_audit_check_officer (const char *officer, GError **error);
gboolean trace_audit_check_reason (const char *reason, GError **error);

// Whom it is about, behind what @what says already: their pseudonyms, and of very many (Bluezone's
// identifiers are one each) how many more. @subjects: of 16 bytes each.
#define TRACE_AUDIT_SUBJECTS_MAX 32
void trace_audit_append_subjects (GString *what, const GArray *subjects);

// Within a transaction of the caller's: the entry and what it tells of are there together, or
// neither is.
gboolean trace_audit_append (TraceDb *db, const TraceAuditEntry *entry, GError **error);
// In a transaction of its own.
gboolean trace_audit_write (TraceDb *db, const TraceAuditEntry *entry, GError **error);

// Reads the whole log again. @ret_head: as far as it holds together. @ret_wrong: number of the
// first entry that does not; 0: none. @earlier: (nullable) a head of before, that has to be in it;
// when it is not, @ret_wrong is its number.
gboolean trace_audit_verify (TraceDb *db,
                             const TraceAuditHead *earlier,
                             TraceAuditHead *ret_head,
                             gint64 *ret_wrong,
                             GError **error);

// As it is in the log; texts are valid during the call.
typedef void (*TraceAuditTell) (gint64 n,
                                gint64 at_ms,
                                const TraceAuditEntry *entry,
                                gpointer user_data);
// @case_id: nullable, all.
gboolean trace_audit_list (
    TraceDb *db, const char *case_id, TraceAuditTell tell, gpointer user_data, GError **error);

G_END_DECLS
