// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kiosk/trace/trace-kiosks.h"

#include <string.h>

#include <sodium.h>

// FALSE also when there is no row, and then without @error.
static gboolean
has_row (TraceRows *rows, GError **error)
{
  return rows != NULL && trace_rows_next (rows, error);
}

static void
copy_bytes (TraceRows *rows, guint column, guint8 *ret_bytes, gsize size)
{
  gsize len = 0;
  const guint8 *bytes = trace_rows_get_bytes (rows, column, &len);
  if (len == size) // nothing else was written
    memcpy (ret_bytes, bytes, size);
}

gboolean
trace_kiosk_find (TraceDb *db,
                  const guint8 id[JOURNAL_ID_SIZE],
                  TraceKiosk *ret_kiosk,
                  gboolean *ret_found,
                  GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (TraceRows) rows =
      trace_db_query (db, "SELECT key, venue, zone, revoked_ms, frozen_ms FROM kiosk WHERE id = $1",
                      TRACE_VALUES (TRACE_BYTES (id, JOURNAL_ID_SIZE)), &own_error);
  *ret_found = has_row (rows, &own_error);
  if (*ret_found) {
    *ret_kiosk = (TraceKiosk){ .is_revoked = !trace_rows_is_null (rows, 3),
                               .is_frozen = !trace_rows_is_null (rows, 4) };
    memcpy (ret_kiosk->id, id, JOURNAL_ID_SIZE);
    copy_bytes (rows, 0, ret_kiosk->key, sizeof ret_kiosk->key);
    (void) g_strlcpy (ret_kiosk->venue, trace_rows_get_text (rows, 1), sizeof ret_kiosk->venue);
    (void) g_strlcpy (ret_kiosk->zone, trace_rows_get_text (rows, 2), sizeof ret_kiosk->zone);
  }
  if (own_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&own_error));
  return FALSE;
}

gboolean
trace_kiosk_revoke (TraceDb *db,
                    const guint8 id[JOURNAL_ID_SIZE],
                    gint64 now_ms,
                    gboolean *ret_found,
                    GError **error)
{
  gint64 n_changed = 0;
  if (!trace_db_run (db, "UPDATE kiosk SET revoked_ms = $2 WHERE id = $1 AND revoked_ms IS NULL",
                     TRACE_VALUES (TRACE_BYTES (id, JOURNAL_ID_SIZE), TRACE_INT (now_ms)),
                     &n_changed, error))
    return FALSE;
  *ret_found = n_changed > 0;
  return TRUE;
}

gboolean
trace_kiosk_note_incident (TraceDb *db,
                           const guint8 id[JOURNAL_ID_SIZE],
                           const char *what,
                           guint64 seq,
                           gint64 now_ms,
                           GError **error)
{
  return trace_db_run (db,
                       "INSERT INTO incident (kiosk, at_ms, what, seq) VALUES ($1, $2, $3, $4)"
                       " ON CONFLICT (kiosk, what, seq) DO UPDATE SET at_ms = excluded.at_ms",
                       TRACE_VALUES (TRACE_BYTES (id, JOURNAL_ID_SIZE), TRACE_INT (now_ms),
                                     TRACE_TEXT (what), TRACE_INT ((gint64) seq)),
                       NULL, error) &&
         (!g_str_equal (what, "fork") ||
          trace_db_run (db, "UPDATE kiosk SET frozen_ms = $2 WHERE id = $1 AND frozen_ms IS NULL",
                        TRACE_VALUES (TRACE_BYTES (id, JOURNAL_ID_SIZE), TRACE_INT (now_ms)), NULL,
                        error));
}

gboolean
trace_kiosk_release (TraceDb *db,
                     const guint8 id[JOURNAL_ID_SIZE],
                     gint64 now_ms,
                     gboolean *ret_found,
                     GError **error)
{
  gint64 n_changed = 0;
  if (!trace_db_run (db,
                     "UPDATE kiosk SET frozen_ms = NULL WHERE id = $1 AND frozen_ms IS NOT NULL",
                     TRACE_VALUES (TRACE_BYTES (id, JOURNAL_ID_SIZE)), &n_changed, error))
    return FALSE;
  *ret_found = n_changed > 0;
  return !*ret_found || trace_kiosk_note_incident (db, id, "release", 0, now_ms, error);
}

gboolean
trace_word_is_valid (const char *word)
{
  gsize len = strlen (word);
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isalnum (word[i]) && word[i] != '-' && word[i] != '_')
      return FALSE;
  return len >= 1 && len <= TRACE_WORD_MAX;
}

static void
hash_token (const guint8 token[FEED_TOKEN_SIZE], guint8 ret_hash[JOURNAL_HASH_SIZE])
{
  (void) crypto_generichash (ret_hash, JOURNAL_HASH_SIZE, token, FEED_TOKEN_SIZE, NULL,
                             0); // sizes are constants
}

gboolean
trace_enrolment_offer (TraceDb *db,
                       const char *venue,
                       const char *zone,
                       const char *profile,
                       gint64 now_ms,
                       guint8 ret_token[FEED_TOKEN_SIZE],
                       GError **error)
{
  guint8 hash[JOURNAL_HASH_SIZE];
  randombytes_buf (ret_token, FEED_TOKEN_SIZE);
  hash_token (ret_token, hash);
  return trace_db_run (
      db,
      "INSERT INTO enrolment (token, venue, zone, profile, made_ms, expires_ms)"
      " VALUES ($1, $2, $3, $4, $5, $6)",
      TRACE_VALUES (TRACE_BYTES (hash, sizeof hash), TRACE_TEXT (venue), TRACE_TEXT (zone),
                    TRACE_TEXT (profile), TRACE_INT (now_ms),
                    TRACE_INT (now_ms + TRACE_ENROLMENT_S * G_GINT64_CONSTANT (1000))),
      NULL, error);
}

gboolean
trace_enrolment_find (TraceDb *db,
                      const guint8 token[FEED_TOKEN_SIZE],
                      gboolean *ret_found,
                      GError **error)
{
  guint8 hash[JOURNAL_HASH_SIZE];
  gint64 n = 0;
  hash_token (token, hash);
  if (!trace_db_query_int (db, "SELECT count (*) FROM enrolment WHERE token = $1",
                           TRACE_VALUES (TRACE_BYTES (hash, sizeof hash)), 0, &n, error))
    return FALSE;
  *ret_found = n > 0;
  return TRUE;
}

// Whoever comes second finds it used: the UPDATE takes one row once.
static gboolean
use_token (TraceDb *db,
           const guint8 hash[JOURNAL_HASH_SIZE],
           const guint8 kiosk[JOURNAL_ID_SIZE],
           gint64 now_ms,
           gboolean *ret_used,
           GError **error)
{
  gint64 n_changed = 0;
  if (!trace_db_run (db,
                     "UPDATE enrolment SET used_ms = $2, kiosk = $3"
                     " WHERE token = $1 AND used_ms IS NULL AND expires_ms > $2",
                     TRACE_VALUES (TRACE_BYTES (hash, JOURNAL_HASH_SIZE), TRACE_INT (now_ms),
                                   TRACE_BYTES (kiosk, JOURNAL_ID_SIZE)),
                     &n_changed, error))
    return FALSE;
  *ret_used = n_changed > 0;
  return TRUE;
}

// Again: it is what the kiosk joined with last; the core's answer may not have arrived.
static gboolean
read_offer (TraceDb *db,
            const guint8 hash[JOURNAL_HASH_SIZE],
            const guint8 kiosk[JOURNAL_ID_SIZE],
            gint64 now_ms,
            FeedWelcome *welcome,
            TraceAdmission *ret_admission,
            GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (TraceRows) rows = trace_db_query (
      db,
      "SELECT e.venue, e.zone, e.profile, e.used_ms, e.expires_ms, k.id FROM enrolment e"
      " LEFT JOIN kiosk k ON k.id = e.kiosk AND k.id = $2 AND k.enrolled_ms = e.used_ms"
      " WHERE e.token = $1",
      TRACE_VALUES (TRACE_BYTES (hash, JOURNAL_HASH_SIZE), TRACE_BYTES (kiosk, JOURNAL_ID_SIZE)),
      &own_error);
  *ret_admission = (TraceAdmission){ .refusal = NULL };
  if (!has_row (rows, &own_error))
    ret_admission->refusal = TRACE_ENROLMENT_UNKNOWN;
  else if (!trace_rows_is_null (rows, 3) && trace_rows_is_null (rows, 5))
    ret_admission->refusal = "used code";
  else if (trace_rows_get_int (rows, 4) <= now_ms)
    ret_admission->refusal = "expired code";
  else {
    ret_admission->is_again = !trace_rows_is_null (rows, 5);
    (void) g_strlcpy (welcome->venue, trace_rows_get_text (rows, 0), sizeof welcome->venue);
    (void) g_strlcpy (welcome->zone, trace_rows_get_text (rows, 1), sizeof welcome->zone);
    (void) g_strlcpy (welcome->profile, trace_rows_get_text (rows, 2), sizeof welcome->profile);
  }
  if (own_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&own_error));
  return FALSE;
}

static gboolean
take_in (TraceDb *db,
         const FeedEnrolment *enrolment,
         const guint8 id[JOURNAL_ID_SIZE],
         const FeedWelcome *welcome,
         gint64 now_ms,
         GError **error)
{
  return trace_db_run (
      db,
      "INSERT INTO kiosk (id, key, venue, zone, profile, enrolled_ms)"
      " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET venue = excluded.venue,"
      " zone = excluded.zone, profile = excluded.profile, enrolled_ms = excluded.enrolled_ms",
      TRACE_VALUES (TRACE_BYTES (id, JOURNAL_ID_SIZE),
                    TRACE_BYTES (enrolment->kiosk_key, JOURNAL_KEY_SIZE),
                    TRACE_TEXT (welcome->venue), TRACE_TEXT (welcome->zone),
                    TRACE_TEXT (welcome->profile), TRACE_INT (now_ms)),
      NULL, error);
}

gboolean
trace_enrolment_use (TraceDb *db,
                     const FeedEnrolment *enrolment,
                     gint64 now_ms,
                     FeedWelcome *welcome,
                     TraceAdmission *ret_admission,
                     GError **error)
{
  guint8 hash[JOURNAL_HASH_SIZE], id[JOURNAL_ID_SIZE];
  TraceKiosk known;
  gboolean is_known = FALSE, is_used = FALSE;
  hash_token (enrolment->token, hash);
  journal_chain_kiosk_id (enrolment->kiosk_key, id);
  if (!read_offer (db, hash, id, now_ms, welcome, ret_admission, error) ||
      !trace_kiosk_find (db, id, &known, &is_known, error))
    return FALSE;
  if (is_known && known.is_revoked)
    ret_admission->refusal = "revoked kiosk";
  // What it has not sent yet was seen where it stood.
  else if (is_known && ret_admission->refusal == NULL && !g_str_equal (known.venue, welcome->venue))
    ret_admission->refusal = "other venue";
  if (g_strcmp0 (ret_admission->refusal, TRACE_ENROLMENT_UNKNOWN) == 0)
    return TRUE; // anybody may try, and nothing of it is kept
  if (ret_admission->refusal != NULL)
    return trace_kiosk_note_incident (db, id, "enrolment refused", 0, now_ms, error);
  if (ret_admission->is_again)
    return TRUE;
  if (!use_token (db, hash, id, now_ms, &is_used, error))
    return FALSE;
  if (!is_used) // by another server in the meantime, of whom this kiosk may have asked first
    return read_offer (db, hash, id, now_ms, welcome, ret_admission, error);
  return take_in (db, enrolment, id, welcome, now_ms, error);
}

gboolean
trace_kiosk_take_heartbeat (TraceDb *db, const FeedHeartbeat *beat, gint64 now_ms, GError **error)
{
  return trace_db_run (
      db,
      "UPDATE kiosk SET beat_ms = $2, beat_wall_ms = $3, beat_last = $4, beat_delivered = $5,"
      " beat_quality = $6, beat_devices = $7, version = $8 WHERE id = $1",
      TRACE_VALUES (TRACE_BYTES (beat->origin.kiosk, JOURNAL_ID_SIZE), TRACE_INT (now_ms),
                    TRACE_INT (beat->wall_ms), TRACE_INT ((gint64) beat->last),
                    TRACE_INT ((gint64) beat->delivered), TRACE_INT (beat->quality),
                    TRACE_INT (beat->devices), TRACE_TEXT (beat->version)),
      NULL, error);
}
