// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-session"

#include "kiosk/trace/trace-session.h"

#include <gio/gio.h>
#include <sodium.h>
#include <string.h>

#define TOKEN_SIZE        32
#define NOTE_SEEN_MS      30000 // a session's use is written down at most this often
#define FREE_OF_NAME      4     // failures before anybody has to wait
#define FREE_OF_ADDRESS   16
#define WAIT_NAME_MAX_S   300 // somebody else's failures must not lock an officer out for long
#define WAIT_PEER_MAX_S   3600
#define FORGET_FAILURE_MS (24 * 3600 * G_GINT64_CONSTANT (1000))

// argon2id of nothing that anybody types, at the cost of a true one: names without an account are
// checked against it.
#define NOBODY                                                                                     \
  "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"                                         \
  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const char *const role_words[] = {
  [TRACE_ROLE_OFFICER] = "officer",
  [TRACE_ROLE_ADMIN] = "admin",
};

const char *
trace_role_to_string (TraceRole role)
{
  return role_words[role];
}

gboolean
trace_role_read (const char *word, TraceRole *ret_role)
{
  for (guint i = 0; i < G_N_ELEMENTS (role_words); i++)
    if (g_str_equal (role_words[i], word)) {
      *ret_role = (TraceRole) i;
      return TRUE;
    }
  return FALSE;
}

gboolean
trace_officer_is_name (const char *name)
{
  gsize len = strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789.-_");
  return len > 0 && len <= TRACE_OFFICER_NAME_MAX && name[len] == '\0';
}

static gboolean
fail_input (GError **error, const char *name, const char *why)
{
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "officer %s: %s", name, why);
  return FALSE;
}

// The same word from any keyboard: Vietnamese letters may come in one piece or in several.
static char *
normalise (const char *password)
{
  return strlen (password) <= TRACE_PASSWORD_MAX
             ? g_utf8_normalize (password, -1, G_NORMALIZE_DEFAULT_COMPOSE)
             : NULL;
}

static gboolean
hash_password (const char *name, const char *password, char ret_hash[], GError **error)
{
  g_autofree char *plain = normalise (password);
  g_autofree char *lower = plain != NULL ? g_utf8_strdown (plain, -1) : NULL;
  if (plain == NULL)
    return fail_input (error, name, "the password is no text of at most 256 bytes");
  if (g_utf8_strlen (plain, -1) < TRACE_PASSWORD_MIN)
    return fail_input (error, name, "the password has fewer than 12 characters");
  if (strstr (lower, name) != NULL)
    return fail_input (error, name, "the password has the name in it");
  if (sodium_init () < 0 ||
      crypto_pwhash_str (ret_hash, plain, strlen (plain), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                         crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_BUSY,
                 "officer %s: hashing the password: no memory", name);
    return FALSE;
  }
  return TRUE;
}

gboolean
trace_officer_add (TraceDb *db,
                   const char *name,
                   TraceRole role,
                   const char *password,
                   gint64 now_ms,
                   GError **error)
{
  char hash[crypto_pwhash_STRBYTES];
  gint64 n_added = 0;
  if (!trace_officer_is_name (name))
    return fail_input (error, "that is to be added",
                       "a name is 1 to 64 of a-z, 0-9, '.', '-' and '_'");
  if (!hash_password (name, password, hash, error) ||
      !trace_db_run (db,
                     "INSERT INTO officer (name, role, password, made_ms) VALUES ($1, $2, $3, $4)"
                     " ON CONFLICT (name) DO NOTHING",
                     TRACE_VALUES (TRACE_TEXT (name), TRACE_TEXT (trace_role_to_string (role)),
                                   TRACE_TEXT (hash), TRACE_INT (now_ms)),
                     &n_added, error))
    return FALSE;
  return n_added > 0 || fail_input (error, name, "there is one of this name already");
}

static gboolean
end_all (TraceDb *db, const char *name, GError **error)
{
  return trace_db_run (db,
                       "DELETE FROM officer_session WHERE officer IN"
                       " (SELECT officer FROM officer WHERE name = $1)",
                       TRACE_VALUES (TRACE_TEXT (name)), NULL, error);
}

gboolean
trace_officer_remove (TraceDb *db, const char *name, gboolean *ret_found, GError **error)
{
  gint64 n_removed = 0;
  if (!trace_db_begin (db, error))
    return FALSE;
  if (!end_all (db, name, error) ||
      !trace_db_run (db, "DELETE FROM officer WHERE name = $1", TRACE_VALUES (TRACE_TEXT (name)),
                     &n_removed, error) ||
      !trace_db_commit (db, error)) {
    trace_db_roll_back (db);
    return FALSE;
  }
  *ret_found = n_removed > 0;
  return TRUE;
}

gboolean
trace_officer_set_password (
    TraceDb *db, const char *name, const char *password, gboolean *ret_found, GError **error)
{
  char hash[crypto_pwhash_STRBYTES];
  gint64 n_changed = 0;
  if (!hash_password (name, password, hash, error) || !trace_db_begin (db, error))
    return FALSE;
  if (!end_all (db, name, error) ||
      !trace_db_run (db, "UPDATE officer SET password = $2 WHERE name = $1",
                     TRACE_VALUES (TRACE_TEXT (name), TRACE_TEXT (hash)), &n_changed, error) ||
      !trace_db_commit (db, error)) {
    trace_db_roll_back (db);
    return FALSE;
  }
  *ret_found = n_changed > 0;
  return TRUE;
}

static void
take_officer (TraceRows *rows, TraceOfficer *officer)
{
  *officer = (TraceOfficer){
    .number = trace_rows_get_int (rows, 0),
    .made_ms = trace_rows_get_int (rows, 3),
  };
  (void) g_strlcpy (officer->name, trace_rows_get_text (rows, 1), sizeof officer->name);
  if (!trace_role_read (trace_rows_get_text (rows, 2), &officer->role))
    officer->role = TRACE_ROLE_OFFICER; // a newer program's role: the least that there is
}

GArray *
trace_officer_list (TraceDb *db, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GArray) officers = g_array_new (FALSE, FALSE, sizeof (TraceOfficer));
  g_autoptr (TraceRows) rows = trace_db_query (
      db, "SELECT officer, name, role, made_ms FROM officer ORDER BY name", TRACE_NO_VALUES, error);
  if (rows == NULL)
    return NULL;
  while (trace_rows_next (rows, &local)) {
    TraceOfficer officer;
    take_officer (rows, &officer);
    g_array_append_val (officers, officer);
  }
  if (local == NULL)
    return g_steal_pointer (&officers);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

// What was typed as a name may be a password: it is not kept.
static char *
name_account (const char *name)
{
  guint8 hash[16];
  char text[2 * sizeof hash + 1];
  (void) crypto_generichash (hash, sizeof hash, (const guint8 *) name, strlen (name), NULL, 0);
  return g_strconcat ("account ", sodium_bin2hex (text, sizeof text, hash, sizeof hash), NULL);
}

static gboolean
find_wait (TraceDb *db, const char *who, gint64 now_ms, gint64 *wait_ms, GError **error)
{
  gint64 until_ms = 0;
  if (!trace_db_query_int (db, "SELECT until_ms FROM officer_attempt WHERE who = $1",
                           TRACE_VALUES (TRACE_TEXT (who)), 0, &until_ms, error))
    return FALSE;
  *wait_ms = MAX (*wait_ms, until_ms - now_ms);
  return TRUE;
}

// Each failure over the free ones doubles the wait.
static gboolean
note_failure (
    TraceDb *db, const char *who, guint n_free, gint64 max_s, gint64 now_ms, GError **error)
{
  gint64 n_failed = 0;
  if (!trace_db_query_int (db,
                           "SELECT n_failed FROM officer_attempt WHERE who = $1 AND last_ms > $2",
                           TRACE_VALUES (TRACE_TEXT (who), TRACE_INT (now_ms - FORGET_FAILURE_MS)),
                           0, &n_failed, error))
    return FALSE;
  n_failed++;
  gint64 over = CLAMP (n_failed - n_free, 0, 20);
  gint64 wait_s = over > 0 ? MIN (G_GINT64_CONSTANT (1) << over, max_s) : 0;
  return trace_db_run (db,
                       "INSERT INTO officer_attempt (who, n_failed, last_ms, until_ms)"
                       " VALUES ($1, $2, $3, $4) ON CONFLICT (who) DO UPDATE SET"
                       " n_failed = excluded.n_failed, last_ms = excluded.last_ms,"
                       " until_ms = excluded.until_ms",
                       TRACE_VALUES (TRACE_TEXT (who), TRACE_INT (n_failed), TRACE_INT (now_ms),
                                     TRACE_INT (now_ms + wait_s * 1000)),
                       NULL, error);
}

static gboolean
forget (TraceDb *db, const char *account, gint64 now_ms, GError **error)
{
  return trace_db_run (db, "DELETE FROM officer_attempt WHERE who = $1 OR last_ms < $2",
                       TRACE_VALUES (TRACE_TEXT (account), TRACE_INT (now_ms - FORGET_FAILURE_MS)),
                       NULL, error) &&
         trace_db_run (db, "DELETE FROM officer_session WHERE seen_ms < $1 OR made_ms < $2",
                       TRACE_VALUES (TRACE_INT (now_ms - TRACE_SESSION_IDLE_MS),
                                     TRACE_INT (now_ms - TRACE_SESSION_ABSOLUTE_MS)),
                       NULL, error);
}

// @ret_hash: NOBODY's when there is no such officer.
static gboolean
find_officer (TraceDb *db,
              const char *name,
              TraceOfficer *officer,
              char ret_hash[crypto_pwhash_STRBYTES],
              gboolean *ret_found,
              GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (TraceRows) rows = trace_db_query (
      db, "SELECT officer, name, role, made_ms, password FROM officer WHERE name = $1",
      TRACE_VALUES (TRACE_TEXT (name)), error);
  if (rows == NULL)
    return FALSE;
  (void) g_strlcpy (ret_hash, NOBODY, crypto_pwhash_STRBYTES);
  *ret_found = trace_rows_next (rows, &local);
  if (*ret_found) {
    take_officer (rows, officer);
    (void) g_strlcpy (ret_hash, trace_rows_get_text (rows, 4), crypto_pwhash_STRBYTES);
  }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
trace_session_check (TraceDb *db,
                     const char *name,
                     const char *password,
                     const char *network,
                     gint64 now_ms,
                     TraceSignIn *ret_sign_in,
                     GError **error)
{
  char hash[crypto_pwhash_STRBYTES];
  gboolean found = FALSE;
  if (sodium_init () < 0)
    return fail_input (error, name, "no random numbers");
  g_autofree char *account = name_account (name);
  g_autofree char *address = g_strconcat ("address ", network, NULL);
  g_autofree char *plain = normalise (password);
  *ret_sign_in = (TraceSignIn){ .verdict = TRACE_SIGN_IN_WAIT };
  if (!find_wait (db, account, now_ms, &ret_sign_in->wait_ms, error) ||
      !find_wait (db, address, now_ms, &ret_sign_in->wait_ms, error))
    return FALSE;
  if (ret_sign_in->wait_ms > 0)
    return TRUE;
  if (!find_officer (db, name, &ret_sign_in->session.officer, hash, &found, error))
    return FALSE;
  const char *typed = plain != NULL ? plain : "";
  gboolean fits = crypto_pwhash_str_verify (hash, typed, strlen (typed)) == 0;
  if (fits && found) {
    ret_sign_in->verdict = TRACE_SIGN_IN_DONE;
    return forget (db, account, now_ms, error);
  }
  ret_sign_in->verdict = TRACE_SIGN_IN_REFUSED;
  return note_failure (db, account, FREE_OF_NAME, WAIT_NAME_MAX_S, now_ms, error) &&
         note_failure (db, address, FREE_OF_ADDRESS, WAIT_PEER_MAX_S, now_ms, error);
}

// Nothing but its hash is kept of a token, and what protects against forged requests follows from
// it.
static gboolean
read_token (const char *token, TraceSession *session)
{
  guint8 bytes[TOKEN_SIZE], csrf[32];
  gsize len = 0;
  const char *end = NULL;
  if (strlen (token) != 2 * TOKEN_SIZE ||
      sodium_hex2bin (bytes, sizeof bytes, token, strlen (token), NULL, &len, &end) != 0 ||
      len != TOKEN_SIZE)
    return FALSE;
  (void) crypto_generichash (session->hash, sizeof session->hash, bytes, sizeof bytes, NULL, 0);
  (void) crypto_generichash (csrf, sizeof csrf, (const guint8 *) "csrf", 4, bytes, sizeof bytes);
  (void) sodium_bin2hex (session->csrf, sizeof session->csrf, csrf, sizeof csrf);
  return TRUE;
}

gboolean
trace_session_sign_in (TraceDb *db,
                       const char *name,
                       const char *password,
                       const char *network,
                       gint64 now_ms,
                       TraceSignIn *ret_sign_in,
                       GError **error)
{
  guint8 bytes[TOKEN_SIZE];
  if (!trace_session_check (db, name, password, network, now_ms, ret_sign_in, error))
    return FALSE;
  if (ret_sign_in->verdict != TRACE_SIGN_IN_DONE)
    return TRUE;
  TraceSession *session = &ret_sign_in->session;
  randombytes_buf (bytes, sizeof bytes);
  (void) sodium_bin2hex (ret_sign_in->token, sizeof ret_sign_in->token, bytes, sizeof bytes);
  (void) read_token (ret_sign_in->token, session); // one that was just made
  session->made_ms = session->seen_ms = now_ms;
  return trace_db_run (db,
                       "INSERT INTO officer_session (hash, officer, made_ms, seen_ms)"
                       " VALUES ($1, $2, $3, $3)",
                       TRACE_VALUES (TRACE_BYTES (session->hash, sizeof session->hash),
                                     TRACE_INT (session->officer.number), TRACE_INT (now_ms)),
                       NULL, error);
}

static gboolean
note_seen (TraceDb *db, TraceSession *session, gint64 now_ms, GError **error)
{
  if (now_ms - session->seen_ms < NOTE_SEEN_MS)
    return TRUE;
  session->seen_ms = now_ms;
  return trace_db_run (
      db, "UPDATE officer_session SET seen_ms = $2 WHERE hash = $1",
      TRACE_VALUES (TRACE_BYTES (session->hash, sizeof session->hash), TRACE_INT (now_ms)), NULL,
      error);
}

gboolean
trace_session_find (TraceDb *db,
                    const char *token,
                    gint64 now_ms,
                    gboolean *ret_found,
                    TraceSession *ret_session,
                    GError **error)
{
  g_autoptr (GError) local = NULL;
  TraceSession session = { 0 };
  *ret_found = FALSE;
  if (!read_token (token, &session))
    return TRUE;
  g_autoptr (TraceRows) rows =
      trace_db_query (db,
                      "SELECT o.officer, o.name, o.role, o.made_ms, s.made_ms, s.seen_ms"
                      " FROM officer_session s JOIN officer o ON o.officer = s.officer"
                      " WHERE s.hash = $1 AND s.seen_ms > $2 AND s.made_ms > $3",
                      TRACE_VALUES (TRACE_BYTES (session.hash, sizeof session.hash),
                                    TRACE_INT (now_ms - TRACE_SESSION_IDLE_MS),
                                    TRACE_INT (now_ms - TRACE_SESSION_ABSOLUTE_MS)),
                      error);
  if (rows == NULL)
    return FALSE;
  gboolean found = trace_rows_next (rows, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (!found)
    return TRUE;
  take_officer (rows, &session.officer);
  session.made_ms = trace_rows_get_int (rows, 4);
  session.seen_ms = trace_rows_get_int (rows, 5);
  g_clear_pointer (&rows, trace_rows_free);
  if (!note_seen (db, &session, now_ms, error))
    return FALSE;
  *ret_session = session;
  *ret_found = TRUE;
  return TRUE;
}

gboolean
trace_session_end (TraceDb *db, const TraceSession *session, GError **error)
{
  return trace_db_run (db, "DELETE FROM officer_session WHERE hash = $1",
                       TRACE_VALUES (TRACE_BYTES (session->hash, sizeof session->hash)), NULL,
                       error);
}
