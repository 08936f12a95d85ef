// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Officers' accounts, and their signing in. Passwords are kept as argon2id, sessions as the hash of
// their token. Who has no account is told the same, in the same time, as who has one and a wrong
// password.

#pragma once

#include "kiosk/trace/trace-db.h"

G_BEGIN_DECLS

#define TRACE_OFFICER_NAME_MAX    64
#define TRACE_PASSWORD_MIN        12  // characters
#define TRACE_PASSWORD_MAX        256 // bytes
#define TRACE_SESSION_IDLE_MS     (15 * 60 * G_GINT64_CONSTANT (1000))
#define TRACE_SESSION_ABSOLUTE_MS (8 * 3600 * G_GINT64_CONSTANT (1000))

typedef enum {
  TRACE_ROLE_OFFICER, // own cases
  TRACE_ROLE_ADMIN,   // every case, the accounts, the audit log
} TraceRole;

const char *trace_role_to_string (TraceRole role);
gboolean trace_role_read (const char *word, TraceRole *ret_role);

typedef struct {
  gint64 number;
  char name[TRACE_OFFICER_NAME_MAX + 1];
  TraceRole role;
  gint64 made_ms;
} TraceOfficer;

// 1 to 64 of a-z, 0-9, '.', '-', '_'.
gboolean trace_officer_is_name (const char *name);
// TRACE_ERROR_INPUT: the name is none or is taken, or the password is too short, too long, not
// UTF-8, or has the name in it.
gboolean trace_officer_add (TraceDb *db,
                            const char *name,
                            TraceRole role,
                            const char *password,
                            gint64 now_ms,
                            GError **error);
// Ends the officer's sessions too.
gboolean trace_officer_remove (TraceDb *db, const char *name, gboolean *ret_found, GError **error);
// Likewise ends all of the officer's sessions.
gboolean trace_officer_set_password (
    TraceDb *db, const char *name, const char *password, gboolean *ret_found, GError **error);
GArray *trace_officer_list (TraceDb *db, GError **error); // (transfer full) of TraceOfficer

typedef struct {
  TraceOfficer officer;
  gint64 made_ms, seen_ms;
  guint8 hash[32]; // of the token
  char csrf[65];   // what every request that changes something must bring
} TraceSession;

typedef enum {
  TRACE_SIGN_IN_DONE,
  TRACE_SIGN_IN_REFUSED,
  TRACE_SIGN_IN_WAIT, // too many failures of this name or from this address
} TraceSignInVerdict;

typedef struct {
  TraceSignInVerdict verdict;
  gint64 wait_ms; // WAIT
  char token[65]; // DONE
  TraceSession session;
} TraceSignIn;

gboolean trace_session_sign_in (TraceDb *db,
                                const char *name,
                                const char *password,
                                const char *network, // of whoever asks, see trace-http.h
                                gint64 now_ms,
                                TraceSignIn *ret_sign_in,
                                GError **error);
// Whether @password is the officer's; failures count as those of signing in do.
gboolean trace_session_check (TraceDb *db,
                              const char *name,
                              const char *password,
                              const char *network,
                              gint64 now_ms,
                              TraceSignIn *ret_sign_in,
                              GError **error);
// Notes that the session was used. @ret_found: FALSE when there is none, or it is over.
gboolean trace_session_find (TraceDb *db,
                             const char *token,
                             gint64 now_ms,
                             gboolean *ret_found,
                             TraceSession *ret_session,
                             GError **error);
gboolean trace_session_end (TraceDb *db, const TraceSession *session, GError **error);

G_END_DECLS
