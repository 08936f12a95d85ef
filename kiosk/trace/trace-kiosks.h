// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The fleet: which kiosks may feed this core, how they joined it, how they are. Every call is one
// or more statements on @db; who needs them to hold together begins a transaction.

#pragma once

#include "kiosk/feed/feed-wire.h"
#include "kiosk/trace/trace-db.h"

G_BEGIN_DECLS

#define TRACE_WORD_MAX          64  // bytes of a venue, zone or profile
#define TRACE_ENROLMENT_S       900 // a code's life
#define TRACE_ENROLMENT_UNKNOWN "unknown code"

typedef struct {
  guint8 id[JOURNAL_ID_SIZE];
  guint8 key[JOURNAL_KEY_SIZE];
  char venue[TRACE_WORD_MAX + 1], zone[TRACE_WORD_MAX + 1];
  gboolean is_revoked, is_frozen; // frozen: its records once contradicted what it had sent
} TraceKiosk;

// @ret_found: FALSE when no kiosk has that name.
gboolean trace_kiosk_find (TraceDb *db,
                           const guint8 id[JOURNAL_ID_SIZE],
                           TraceKiosk *ret_kiosk,
                           gboolean *ret_found,
                           GError **error);
gboolean trace_kiosk_revoke (TraceDb *db,
                             const guint8 id[JOURNAL_ID_SIZE],
                             gint64 now_ms,
                             gboolean *ret_found,
                             GError **error);
// Lifts a freeze, which people have looked at; an incident "release" says when. @ret_found: FALSE
// when no kiosk of that name is frozen.
gboolean trace_kiosk_release (TraceDb *db,
                              const guint8 id[JOURNAL_ID_SIZE],
                              gint64 now_ms,
                              gboolean *ret_found,
                              GError **error);
// Writes the incident down; a "fork" freezes the kiosk's feed.
gboolean trace_kiosk_note_incident (TraceDb *db,
                                    const guint8 id[JOURNAL_ID_SIZE],
                                    const char *what,
                                    guint64 seq,
                                    gint64 now_ms,
                                    GError **error);

// 1 to 64 of A-Z a-z 0-9 - _
gboolean trace_word_is_valid (const char *word);

// A new token, good once, for TRACE_ENROLMENT_S; only a hash of it is kept.
gboolean trace_enrolment_offer (TraceDb *db,
                                const char *venue,
                                const char *zone,
                                const char *profile,
                                gint64 now_ms,
                                guint8 ret_token[FEED_TOKEN_SIZE],
                                GError **error);
// @ret_found: whether the core ever made that token.
gboolean trace_enrolment_find (TraceDb *db,
                               const guint8 token[FEED_TOKEN_SIZE],
                               gboolean *ret_found,
                               GError **error);
typedef struct {
  const char *refusal; // (nullable) a word: it is not taken in
  gboolean is_again;   // it joined with this token already; nothing was written
} TraceAdmission;

// Uses the token up and takes the kiosk in; venue, zone and profile go into @welcome. A kiosk that
// is known already keeps its name, and may move to another zone; for another venue it begins anew,
// with another key. A revoked one stays out. Who used the token is welcomed again with it while the
// token lives, and until it joins with another: the answer may have been lost.
gboolean trace_enrolment_use (TraceDb *db,
                              const FeedEnrolment *enrolment,
                              gint64 now_ms,
                              FeedWelcome *welcome,
                              TraceAdmission *ret_admission,
                              GError **error);

gboolean
trace_kiosk_take_heartbeat (TraceDb *db, const FeedHeartbeat *beat, gint64 now_ms, GError **error);

G_END_DECLS
