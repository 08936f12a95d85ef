// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An identity is in memory between unsealing it and making its subject, and nowhere else.

#include "kiosk/trace/trace-take.h"

#include <string.h>

#include <sodium.h>

#include "kiosk/core/ct-credential.h"
#include "kiosk/core/ct-tag.h"
#include "kiosk/journal/journal-presence.h"
#include "kiosk/trace/trace-amend.h"
#include "kiosk/trace/trace-fold.h"

#define MS_NS         1000000
#define SYNC_ERROR_MS 1000 // of a synchronised clock

#define REASON_BODY  "body" // malformed
#define REASON_KEY   "key"  // sealed for another core
#define REASON_SEAL  "seal" // sealed for this core, but not for this place, or not by this format
#define REASON_TIME  "time"
#define REASON_BOOT  "boot"  // not this kiosk's
#define REASON_VISIT "visit" // none of that number is open

typedef struct {
  TraceTaking *taking;
  const JournalRecord *record;
  const char *reason;
  GError **error;
} Step;

void
trace_take_note_time (TraceTaking *taking, const JournalRecord *record)
{
  const JournalStamp *stamp = &record->stamp;
  gint64 boot = trace_stream_note_boot (taking->stream, stamp);
  struct ct_clock_fix fix = { stamp->boottime_ns / MS_NS, stamp->wall_ms, SYNC_ERROR_MS };
  JournalBody body;
  if (stamp->quality != JOURNAL_CLOCK_SYNCED)
    return;
  if (record->kind == JOURNAL_KIND_CLOCK_FIX &&
      journal_record_read (record->kind, record->body.data, record->body.len, &body))
    fix.error_ms = (gint64) body.clock_fix.max_error_ms;
  if (!trace_stream_get_clock (taking->stream, boot)->has_fix)
    taking->fixed_boot = boot;
  trace_stream_note_fix (taking->stream, boot, &fix);
}

// The record goes into quarantine; that is no failure.
static gboolean
refuse (Step *step, const char *reason)
{
  step->reason = reason;
  return TRUE;
}

static GBytes *
unseal (Step *step, JournalSealPurpose purpose, guint64 seq, const JournalBytes *box)
{
  GBytes *content =
      trace_keys_unseal (step->taking->keys, purpose, &step->taking->stream->origin, seq, box);
  if (content == NULL)
    step->reason = step->taking->stream->has_our_key ? REASON_SEAL : REASON_KEY;
  return content;
}

static gboolean
unseal_subject (Step *step, const JournalBytes *who, guint8 ret_subject[TRACE_SUBJECT_SIZE])
{
  gsize len = 0;
  GBytes *identity = unseal (step, JOURNAL_SEAL_WHO, step->record->seq, who);
  if (identity == NULL)
    return FALSE;
  const char *text = g_bytes_get_data (identity, &len);
  gboolean is_text = len > 0 && g_utf8_validate (text, (gssize) len, NULL);
  if (is_text)
    trace_keys_make_subject (step->taking->keys, text, len, ret_subject);
  else
    step->reason = REASON_SEAL;
  trace_keys_forget (identity);
  return is_text;
}

#define BEACON_OWN "beacon"
#define BEACON_TAG "tag" // as its credential has it

static void
make_beacon_subject (const TraceKeys *keys,
                     const char *prefix,
                     const struct ct_beacon *beacon,
                     guint8 ret_subject[TRACE_SUBJECT_SIZE])
{
  char text[64 + 2 * CT_BEACON_ID_MAX], digits[2 * CT_BEACON_ID_MAX + 1];
  (void) sodium_bin2hex (digits, sizeof digits, beacon->id, beacon->id_len);
  int len = g_snprintf (text, sizeof text, "%s:%s:%s", prefix,
                        ct_beacon_kind_to_string (beacon->kind), digits);
  trace_keys_make_subject (keys, text, (gsize) len, ret_subject);
  sodium_memzero (text, sizeof text);
  sodium_memzero (digits, sizeof digits);
}

// An enrolled tag is who checks in when it is held at the kiosk. Its windows had a name of their
// own once, and what this store has of that time has it still.
static gboolean
find_beacon_subject (Step *step,
                     const struct ct_beacon *beacon,
                     guint8 ret_subject[TRACE_SUBJECT_SIZE])
{
  const TraceKeys *keys = step->taking->keys;
  guint8 old[TRACE_SUBJECT_SIZE];
  make_beacon_subject (keys, BEACON_OWN, beacon, ret_subject);
  if (!ct_tag_is (beacon))
    return TRUE;
  memcpy (old, ret_subject, sizeof old);
  make_beacon_subject (keys, BEACON_TAG, beacon, ret_subject);
  return trace_fold_rename (step->taking->store, old, ret_subject, step->error);
}

static TraceEvidence
evidence_of (guint64 evidence)
{
  switch ((JournalEvidence) evidence) {
  case JOURNAL_EVIDENCE_QR:
    return TRACE_EVIDENCE_QR;
  case JOURNAL_EVIDENCE_BLE:
    return TRACE_EVIDENCE_BLE;
  case JOURNAL_EVIDENCE_MANUAL:
    return TRACE_EVIDENCE_MANUAL;
  case JOURNAL_EVIDENCE_STAFF:
    return TRACE_EVIDENCE_STAFF;
  }
  return TRACE_EVIDENCE_MANUAL;
}

static TraceArrival
begin_stay (const Step *step)
{
  return (TraceArrival){ .venue = step->taking->kiosk->venue,
                         .zone = step->taking->kiosk->zone,
                         .left_s = TRACE_OPEN_S,
                         .kiosk = step->taking->name,
                         .seq = (gint64) step->record->seq };
}

static gboolean
write_visit (Step *step, const TraceMoment *from, const TraceArrival *stay)
{
  return trace_db_run (step->taking->db,
                       "INSERT INTO visit (stream, seq, subject, venue, zone, arrived_s, slack_s,"
                       " from_boot, from_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
                       " ON CONFLICT DO NOTHING",
                       TRACE_VALUES (TRACE_INT (step->taking->stream->id), TRACE_INT (stay->seq),
                                     TRACE_BYTES (stay->subject, TRACE_SUBJECT_SIZE),
                                     TRACE_TEXT (stay->venue), TRACE_TEXT (stay->zone),
                                     TRACE_INT (stay->arrived_s), TRACE_INT (stay->slack_s),
                                     TRACE_INT (from->boot), TRACE_INT (from->ms)),
                       NULL, step->error);
}

static gboolean
write_details (Step *step, const JournalBytes *box, const guint8 subject[TRACE_SUBJECT_SIZE])
{
  const JournalOrigin *origin = &step->taking->stream->origin;
  return box->data == NULL ||
         trace_db_run (step->taking->db,
                       "INSERT INTO detail (kiosk, epoch, seq, subject, box)"
                       " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                       TRACE_VALUES (TRACE_BYTES (origin->kiosk, JOURNAL_ID_SIZE),
                                     TRACE_BYTES (origin->epoch, JOURNAL_ID_SIZE),
                                     TRACE_INT ((gint64) step->record->seq),
                                     TRACE_BYTES (subject, TRACE_SUBJECT_SIZE),
                                     TRACE_BYTES (box->data, box->len)),
                       NULL, step->error);
}

static gboolean
take_visit_open (Step *step, const JournalVisitOpen *visit)
{
  TraceTaking *taking = step->taking;
  TraceArrival stay = begin_stay (step);
  TraceMoment from = trace_moment_of (taking, &step->record->stamp);
  gboolean is_new = FALSE, is_conflict = FALSE;
  g_autofree char *zone = g_strndup ((const char *) visit->zone.data, visit->zone.len);
  if (!trace_time_place (taking, &from, NULL, 0, &stay))
    return refuse (step, REASON_TIME);
  if (!unseal_subject (step, &visit->who, stay.subject))
    return TRUE;
  stay.zone = zone;
  stay.evidence = evidence_of (visit->evidence);
  gboolean is_code = visit->evidence == JOURNAL_EVIDENCE_QR ||
                     visit->evidence == JOURNAL_EVIDENCE_STAFF; // a badge, as easily copied
  stay.doubts = visit->freshness == CT_FRESHNESS_STATIC && is_code ? TRACE_DOUBT_STATIC : 0;
  return trace_store_put (taking->store, &stay, &is_new, step->error) &&
         write_visit (step, &from, &stay) && write_details (step, &visit->details, stay.subject) &&
         trace_time_remember (taking, &from, NULL, 0, &stay, step->error) &&
         trace_amend_conflicts (taking->store, &stay, FALSE, &is_conflict, step->error);
}

typedef struct {
  TraceArrival stay;
  TraceMoment from;
  char venue[TRACE_WORD_MAX + 1], zone[TRACE_WORD_MAX + 1];
} OpenVisit;

static gboolean
find_visit (Step *step, guint64 seq, OpenVisit *ret_visit, gboolean *ret_found)
{
  GError *own_error = NULL;
  gsize len = 0;
  g_autoptr (TraceRows) rows = trace_db_query (
      step->taking->db,
      "SELECT subject, venue, zone, arrived_s, slack_s, from_boot, from_ms FROM visit"
      " WHERE stream = $1 AND seq = $2",
      TRACE_VALUES (TRACE_INT (step->taking->stream->id), TRACE_INT ((gint64) seq)), &own_error);
  *ret_found = rows != NULL && trace_rows_next (rows, &own_error);
  if (*ret_found) {
    ret_visit->stay = begin_stay (step);
    const guint8 *subject = trace_rows_get_bytes (rows, 0, &len);
    if (len == TRACE_SUBJECT_SIZE)
      memcpy (ret_visit->stay.subject, subject, len);
    (void) g_strlcpy (ret_visit->venue, trace_rows_get_text (rows, 1), sizeof ret_visit->venue);
    (void) g_strlcpy (ret_visit->zone, trace_rows_get_text (rows, 2), sizeof ret_visit->zone);
    ret_visit->stay.venue = ret_visit->venue;
    ret_visit->stay.zone = ret_visit->zone;
    ret_visit->stay.seq = (gint64) seq;
    ret_visit->stay.arrived_s = trace_rows_get_int (rows, 3);
    ret_visit->stay.slack_s = (guint32) trace_rows_get_int (rows, 4);
    ret_visit->from = (TraceMoment){ trace_rows_get_int (rows, 5), trace_rows_get_int (rows, 6) };
  }
  if (own_error != NULL)
    g_propagate_error (step->error, own_error);
  return own_error == NULL;
}

static gboolean
take_visit_close (Step *step, const JournalVisitClose *close)
{
  TraceTaking *taking = step->taking;
  TraceMoment to = trace_moment_of (taking, &step->record->stamp);
  OpenVisit visit;
  gboolean is_found = FALSE, is_conflict = FALSE;
  gboolean is_by_rule = close->reason == JOURNAL_CLOSE_EXPIRY;
  if (!find_visit (step, close->visit, &visit, &is_found))
    return FALSE;
  if (!is_found)
    return refuse (step, REASON_VISIT);
  TraceArrival stay = visit.stay;
  if (!trace_time_place (taking, &visit.from, &to, 0, &stay))
    return refuse (step, REASON_TIME);
  return trace_store_end (taking->store, taking->name, stay.seq, stay.left_s, &is_found,
                          step->error) &&
         trace_time_end (taking, &visit.from, &to, &visit.stay, &stay, step->error) &&
         trace_db_run (taking->db, "DELETE FROM visit WHERE stream = $1 AND seq = $2",
                       TRACE_VALUES (TRACE_INT (taking->stream->id), TRACE_INT (stay.seq)), NULL,
                       step->error) &&
         (is_by_rule
              ? trace_amend_ended_by_rule (taking->store, &stay, step->error)
              : trace_amend_conflicts (taking->store, &stay, TRUE, &is_conflict, step->error));
}

static gboolean
take_visit_phone (Step *step, const JournalVisitPhone *phone)
{
  TraceTaking *taking = step->taking;
  OpenVisit visit;
  gboolean is_found = FALSE;
  if (!find_visit (step, phone->visit, &visit, &is_found))
    return FALSE;
  if (!is_found)
    return refuse (step, REASON_VISIT);
  GBytes *box = unseal (step, JOURNAL_SEAL_BEACONS, step->record->seq, &phone->phone);
  if (box == NULL)
    return TRUE;
  g_autoptr (GArray) beacons = journal_presence_read_box (box);
  trace_keys_forget (box);
  if (beacons == NULL || beacons->len != 1)
    return refuse (step, REASON_SEAL);
  const struct ct_beacon *beacon = &g_array_index (beacons, JournalBeacon, 0).beacon;
  TraceLink link = { .is_lasting = ct_tag_is (beacon),
                     .at_s = visit.stay.arrived_s,
                     .slack_s = visit.stay.slack_s,
                     .stream = taking->stream->id,
                     .visit = visit.stay.seq,
                     .seq = (gint64) step->record->seq };
  memcpy (link.subject, visit.stay.subject, sizeof link.subject);
  if (!find_beacon_subject (step, beacon, link.beacon))
    return FALSE;
  return trace_fold_link (taking->store, &link, step->error);
}

#define TICK_MS 2000 // a window is longer by that at most

// A kiosk that did not say at which boot time its window began: by the clock of then. If that was
// set within the window, what it said then is nothing to go by, and it began some time before it
// ended.
static TraceMoment
guess_begin (const JournalStamp *stamp, const JournalWindow *window, gint64 *ret_margin_ms)
{
  gint64 window_ms = (gint64) window->window_s * 1000;
  gint64 since_ms = stamp->wall_ms - (gint64) window->start_wall_ms;
  if (since_ms >= 0 && since_ms <= window_ms + TICK_MS)
    return (TraceMoment){ 0, (gint64) window->start_wall_ms };
  *ret_margin_ms = window_ms / 2;
  return (TraceMoment){ 0, stamp->wall_ms - window_ms / 2 };
}

// Likewise. One that was cut by the kiosk's end was recorded by the next opening: its begin is by
// the clock of before, and of a boot that never knew the time only that it ended then.
static TraceMoment
guess_window_begin (const Step *step, const JournalWindow *window, gint64 *ret_margin_ms)
{
  const TraceTaking *taking = step->taking;
  const JournalStamp *stamp = &step->record->stamp;
  TraceMoment end = trace_moment_of (taking, stamp);
  gint64 window_ms = (gint64) window->window_s * 1000;
  gboolean is_recovered = (window->flags & JOURNAL_WINDOW_RECOVERED) != 0;
  gint64 boot = trace_stream_find_boot (taking->stream, stamp->boot_id);
  const struct ct_clock_boot *clock = trace_stream_get_clock (taking->stream, boot);
  const struct ct_clock_boot *before = trace_stream_get_clock (taking->stream, boot - 1);
  if (is_recovered && before != NULL && clock->first_ms == stamp->boottime_ns / MS_NS) {
    *ret_margin_ms = before->has_fix ? 0 : window_ms;
    return before->has_fix ? (TraceMoment){ 0, (gint64) window->start_wall_ms }
                           : (TraceMoment){ boot - 1, MAX (0, before->last_ms - window_ms) };
  }
  if (end.boot == 0 && is_recovered)
    return (TraceMoment){ 0, (gint64) window->start_wall_ms };
  if (end.boot == 0)
    return guess_begin (stamp, window, ret_margin_ms);
  gint64 since_ms = CLAMP (stamp->wall_ms - (gint64) window->start_wall_ms, 0, window_ms);
  return (TraceMoment){ end.boot, end.ms - since_ms };
}

// When the window began: whatever was done to the clock since, by the boot time.
static TraceMoment
window_begin (const Step *step, const JournalWindow *window, gint64 *ret_margin_ms)
{
  const JournalStamp *stamp = &step->record->stamp;
  TraceMoment end = trace_moment_of (step->taking, stamp);
  JournalStamp start = { .quality = JOURNAL_CLOCK_UNSET };
  *ret_margin_ms = 0;
  if (!journal_presence_read_start (&window->start, &start))
    return guess_window_begin (step, window, ret_margin_ms);
  gint64 since_ms = MAX (0, stamp->boottime_ns - start.boottime_ns) / MS_NS;
  if (memcmp (start.boot_id, stamp->boot_id, sizeof start.boot_id) == 0)
    return (TraceMoment){ end.boot, end.ms - since_ms };
  TraceMoment begin = trace_moment_of (step->taking, &start);
  return begin.boot != 0 ? begin : guess_window_begin (step, window, ret_margin_ms);
}

typedef struct {
  guint8 key[TRACE_SUBJECT_SIZE];
} Heard;

// @heard: of Heard, added to.
static gboolean
put_beacon (Step *step,
            const JournalBeacon *beacon,
            guint part,
            const TraceMoment *begin,
            gint64 margin_ms,
            GArray *heard)
{
  TraceTaking *taking = step->taking;
  TraceArrival stay = begin_stay (step);
  TraceMoment from = { begin->boot, begin->ms + beacon->first_ms };
  TraceMoment to = { begin->boot, begin->ms + beacon->last_ms };
  gboolean is_new = FALSE;
  stay.part = part;
  stay.evidence = TRACE_EVIDENCE_BLE;
  if (!find_beacon_subject (step, &beacon->beacon, stay.subject))
    return FALSE;
  if (!trace_time_place (taking, &from, &to, margin_ms, &stay))
    return TRUE; // its window could be placed, so its neighbours are
  g_array_append_vals (heard, stay.subject, 1);
  return trace_store_put (taking->store, &stay, &is_new, step->error) &&
         (!beacon->is_staff || trace_fold_badge (taking->store, stay.subject, taking->stream->id,
                                                 stay.arrived_s, step->error)) &&
         trace_time_remember (taking, &from, &to, margin_ms, &stay, step->error);
}

static gboolean
put_beacons (Step *step, const JournalWindow *window, const TraceMoment *begin, gint64 margin_ms)
{
  guint64 seq = (window->flags & JOURNAL_WINDOW_RECOVERED) != 0 ? 0 : step->record->seq;
  GBytes *box = unseal (step, JOURNAL_SEAL_BEACONS, seq, &window->beacons);
  if (box == NULL)
    return TRUE;
  g_autoptr (GArray) beacons = journal_presence_read_box (box);
  trace_keys_forget (box);
  if (beacons == NULL)
    return refuse (step, REASON_SEAL);
  g_autoptr (GArray) heard = g_array_new (FALSE, FALSE, sizeof (Heard));
  for (guint i = 0; i < beacons->len; i++)
    if (!put_beacon (step, &g_array_index (beacons, JournalBeacon, i), i, begin, margin_ms, heard))
      return FALSE;
  return trace_fold_heard (step->taking->store,
                           (const guint8 (*)[TRACE_SUBJECT_SIZE]) (void *) heard->data, heard->len,
                           step->error);
}

static gboolean
take_window (Step *step, const JournalWindow *window)
{
  TraceTaking *taking = step->taking;
  gint64 margin_ms = 0;
  TraceMoment begin = window_begin (step, window, &margin_ms);
  TraceArrival times = { .left_s = TRACE_OPEN_S };
  if (!trace_time_place (taking, &begin, NULL, margin_ms, &times))
    return refuse (step, REASON_TIME);
  if (window->beacons.data != NULL && !put_beacons (step, window, &begin, margin_ms))
    return FALSE;
  if (step->reason != NULL || (window->flags & JOURNAL_WINDOW_CONTINUED) != 0)
    return TRUE; // its first record has the counts
  return trace_db_run (
      taking->db,
      "INSERT INTO heard (stream, seq, start_s, window_s, heard_ms, n_sightings,"
      " n_dropped, counts, arrivals) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
      " ON CONFLICT DO NOTHING",
      TRACE_VALUES (TRACE_INT (taking->stream->id), TRACE_INT ((gint64) step->record->seq),
                    TRACE_INT (times.arrived_s), TRACE_INT ((gint64) window->window_s),
                    TRACE_INT ((gint64) window->heard_ms), TRACE_INT ((gint64) window->n_sightings),
                    TRACE_INT ((gint64) window->n_dropped),
                    TRACE_BYTES (window->counts.data, window->counts.len),
                    TRACE_BYTES (window->arrivals.data, window->arrivals.len)),
      NULL, step->error);
}

static gboolean
take_gap (Step *step, const JournalGap *gap)
{
  TraceTaking *taking = step->taking;
  JournalStamp began = { .boottime_ns = (gint64) gap->from_boottime_ns,
                         .wall_ms = (gint64) gap->from_wall_ms,
                         .quality = (JournalClockQuality) gap->from_quality };
  memcpy (began.boot_id, gap->from_boot.data, sizeof began.boot_id);
  TraceMoment from = trace_moment_of (taking, &began);
  TraceMoment to = trace_moment_of (taking, &step->record->stamp);
  TraceArrival stay = begin_stay (step);
  g_autofree char *what = g_strndup ((const char *) gap->what.data, gap->what.len);
  stay.part = (guint32) TRACE_PART_GAP;
  if ((from.boot == 0 && began.quality != JOURNAL_CLOCK_SYNCED) ||
      !trace_time_place (taking, &from, &to, 0, &stay))
    return refuse (step, REASON_TIME);
  return trace_db_run (taking->db,
                       "INSERT INTO gap (venue, zone, from_s, to_s, slack_s, what, stream, seq)"
                       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
                       TRACE_VALUES (TRACE_TEXT (stay.venue), TRACE_TEXT (stay.zone),
                                     TRACE_INT (stay.arrived_s), TRACE_INT (stay.left_s),
                                     TRACE_INT (stay.slack_s), TRACE_TEXT (what),
                                     TRACE_INT (taking->stream->id), TRACE_INT (stay.seq)),
                       NULL, step->error) &&
         trace_time_remember (taking, &from, &to, 0, &stay, step->error);
}

static gboolean
take_boot (Step *step, const JournalBoot *boot)
{
  TraceStream *stream = step->taking->stream;
  JournalStatement statement;
  journal_statement_binding (&statement, &stream->origin, boot->record_key.data);
  if (memcmp (boot->kiosk.data, stream->origin.kiosk, JOURNAL_ID_SIZE) != 0 ||
      memcmp (boot->epoch.data, stream->origin.epoch, JOURNAL_ID_SIZE) != 0 ||
      memcmp (boot->kiosk_key.data, step->taking->kiosk->key, JOURNAL_KEY_SIZE) != 0 ||
      !journal_statement_verify (&statement, boot->binding.data, step->taking->kiosk->key))
    return refuse (step, REASON_BOOT);
  stream->has_our_key =
      memcmp (boot->ingest_key.data, trace_keys_get_ingest_key (step->taking->keys),
              JOURNAL_KEY_SIZE) == 0;
  return TRUE;
}

static gboolean
take (Step *step, const JournalBody *body)
{
  switch (body->kind) {
  case JOURNAL_KIND_BOOT:
    return take_boot (step, &body->boot);
  case JOURNAL_KIND_VISIT_OPEN:
    return take_visit_open (step, &body->visit_open);
  case JOURNAL_KIND_VISIT_CLOSE:
    return take_visit_close (step, &body->visit_close);
  case JOURNAL_KIND_VISIT_PHONE:
    return take_visit_phone (step, &body->visit_phone);
  case JOURNAL_KIND_PRESENCE_WINDOW:
    return take_window (step, &body->window);
  case JOURNAL_KIND_OBSERVATION_GAP:
    return take_gap (step, &body->gap);
  case JOURNAL_KIND_CLOCK_FIX: // was noted
  case JOURNAL_KIND_CONFIG:    // the kiosk's own business, as are the others
  case JOURNAL_KIND_CHECKPOINT:
  case JOURNAL_KIND_DELETION:
  case JOURNAL_KIND_STAFF_ACTION:
  case JOURNAL_KIND_TOMBSTONE:
    return TRUE;
  }
  return refuse (step, REASON_BODY);
}

gboolean
trace_take_record (TraceTaking *taking,
                   const JournalRecord *record,
                   const char **ret_reason,
                   GError **error)
{
  Step step = { taking, record, NULL, error };
  JournalBody body;
  gboolean is_erased = record->body.data == NULL;
  if (is_erased && !journal_kind_is_erasable (record->kind))
    step.reason = REASON_BODY;
  else if (!is_erased &&
           !journal_record_read (record->kind, record->body.data, record->body.len, &body))
    step.reason = REASON_BODY;
  gboolean ok = is_erased || step.reason != NULL || take (&step, &body);
  *ret_reason = step.reason;
  return ok;
}
