// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One batch, one transaction: what it is to the core is decided on the row of its stream, which the
// transaction holds. Who sent it is decided before, so that strangers cannot make the store wait.

#include "kiosk/trace/trace-ingest.h"

#include <string.h>

#include "kiosk/trace/trace-take.h"

typedef struct {
  TraceTaking taking; // with @stream and @kiosk
  TraceStream stream;
  TraceKiosk kiosk;
  const TraceBatch *batch;
  TraceIngestAnswer *answer;
  guint64 applied; // records up to this one are held already
  guint64 run;     // where the hashes begin that are collected
  GByteArray *hashes;
  gint64 held_ms; // since when the last one is, 0: since now
  GError **error;
} Ingest;

static gboolean
answer_with (Ingest *ingest, TraceIngestResult result, const char *reason)
{
  ingest->answer->result = result;
  ingest->answer->reason = reason;
  return TRUE;
}

static void
write_receipt (Ingest *ingest, gint64 taken_ms)
{
  FeedReceipt receipt = { .origin = ingest->batch->origin,
                          .last = ingest->batch->range.last,
                          .core_ms = taken_ms };
  JournalStatement statement;
  memcpy (receipt.head, ingest->batch->range.head, sizeof receipt.head);
  feed_statement_receipt (&statement, &receipt);
  trace_keys_sign (ingest->taking.keys, &statement, receipt.signature);
  feed_receipt_write (&receipt, ingest->answer->receipt);
}

// Calls @visit for each record of the batch with its hash. It was checked: reading cannot fail.
static gboolean
walk (Ingest *ingest,
      gboolean (*visit) (Ingest *ingest,
                         const JournalRecord *record,
                         const guint8 *item,
                         gsize item_len,
                         gpointer user_data),
      gpointer user_data)
{
  gsize len = 0;
  const guint8 *data = g_bytes_get_data (ingest->batch->body, &len);
  JournalRecord record;
  guint8 prev[JOURNAL_HASH_SIZE];
  memcpy (prev, ingest->batch->range.prev, sizeof prev);
  for (gsize at = 0; at < len;) {
    gsize used = feed_item_read (data + at, len - at, &record);
    memcpy (record.prev, prev, sizeof prev);
    journal_chain_link (&record, record.hash);
    memcpy (prev, record.hash, sizeof prev);
    if (used == 0 || !visit (ingest, &record, data + at, used, user_data))
      return FALSE;
    at += used;
  }
  return TRUE;
}

// A hole that the kiosk declares: its disk lost the numbers from @first on. Whether the core holds
// some of them or not, what comes next follows on the record before the hole.
static gboolean
follows_on_hole (Ingest *ingest,
                 guint64 first,
                 const guint8 prev[JOURNAL_HASH_SIZE],
                 gboolean *ret_follows)
{
  guint8 hash[JOURNAL_HASH_SIZE];
  gint64 taken_ms = 0;
  gboolean is_found = TRUE;
  if (first == 1)
    journal_chain_begin (&ingest->batch->origin, hash);
  else if (!trace_stream_find_hash (&ingest->stream, first - 1, hash, &taken_ms, &is_found,
                                    ingest->error))
    return FALSE;
  *ret_follows = is_found && memcmp (hash, prev, sizeof hash) == 0;
  return TRUE;
}

static gboolean
read_hole (const JournalRecord *record, JournalTombstone *ret_hole)
{
  JournalBody body;
  if (record->kind != JOURNAL_KIND_TOMBSTONE || record->body.data == NULL ||
      !journal_record_read (record->kind, record->body.data, record->body.len, &body) ||
      body.tombstone.last != record->seq - 1)
    return FALSE;
  *ret_hole = body.tombstone;
  return TRUE;
}

// @user_data: whether the batch says of the last record that is held what the core has; or that
// its number lies in a hole.
static gboolean
on_compare (
    Ingest *ingest, const JournalRecord *record, const guint8 *item, gsize len, gpointer user_data)
{
  gboolean *is_same = user_data;
  JournalTombstone hole;
  if (record->seq == ingest->stream.last)
    *is_same = memcmp (record->hash, ingest->stream.head, JOURNAL_HASH_SIZE) == 0;
  return record->seq <= ingest->stream.last || !read_hole (record, &hole) ||
         hole.first > ingest->stream.last ||
         follows_on_hole (ingest, hole.first, record->prev, is_same);
}

static JournalRecord
read_first (const Ingest *ingest)
{
  gsize len = 0;
  const guint8 *data = g_bytes_get_data (ingest->batch->body, &len);
  JournalRecord record;
  (void) feed_item_read (data, len, &record); // it was checked
  return record;
}

// An epoch begins with the boot record that its kiosk signed.
static gboolean
is_beginning (const Ingest *ingest)
{
  JournalRecord first = read_first (ingest);
  JournalStatement statement;
  JournalBody body;
  guint8 beginning[JOURNAL_HASH_SIZE];
  journal_chain_begin (&ingest->batch->origin, beginning);
  if (first.seq != 1 || first.kind != JOURNAL_KIND_BOOT ||
      memcmp (ingest->batch->range.prev, beginning, sizeof beginning) != 0 ||
      !journal_record_read (first.kind, first.body.data, first.body.len, &body))
    return FALSE;
  journal_statement_binding (&statement, &ingest->batch->origin, body.boot.record_key.data);
  return memcmp (body.boot.kiosk.data, ingest->batch->origin.kiosk, JOURNAL_ID_SIZE) == 0 &&
         memcmp (body.boot.epoch.data, ingest->batch->origin.epoch, JOURNAL_ID_SIZE) == 0 &&
         memcmp (body.boot.kiosk_key.data, ingest->kiosk.key, JOURNAL_KEY_SIZE) == 0 &&
         journal_statement_verify (&statement, body.boot.binding.data, ingest->kiosk.key);
}

// The batch does not follow on what is held: it begins behind it, or beside it.
static gboolean
judge_behind (Ingest *ingest)
{
  JournalRecord first = read_first (ingest);
  JournalTombstone hole;
  gboolean follows = FALSE;
  if (read_hole (&first, &hole) && hole.first <= ingest->stream.last + 1 &&
      !follows_on_hole (ingest, hole.first, ingest->batch->range.prev, &follows))
    return FALSE;
  if (follows)
    return answer_with (ingest, TRACE_INGEST_TAKEN, "new");
  if (ingest->batch->range.first == ingest->stream.last + 1)
    return answer_with (ingest, TRACE_INGEST_FORK, "fork");
  ingest->answer->expected = ingest->stream.last + 1;
  return answer_with (ingest, TRACE_INGEST_GAP, "gap");
}

// What retention let go of cannot be compared, and its kiosk holds a receipt for it.
static gboolean
is_let_go (Ingest *ingest, gboolean *ret_let_go)
{
  gint64 n_before = 0;
  if (!trace_db_query_int (ingest->taking.db,
                           "SELECT count (*) FROM run WHERE stream = $1 AND first <= $2",
                           TRACE_VALUES (TRACE_INT (ingest->stream.id),
                                         TRACE_INT ((gint64) ingest->batch->range.last)),
                           0, &n_before, ingest->error))
    return FALSE;
  *ret_let_go = n_before == 0;
  return TRUE;
}

static gboolean
judge_held (Ingest *ingest)
{
  guint8 hash[JOURNAL_HASH_SIZE];
  gboolean is_found = FALSE, let_go = FALSE;
  if (!trace_stream_find_hash (&ingest->stream, ingest->batch->range.last, hash, &ingest->held_ms,
                               &is_found, ingest->error) ||
      (!is_found && !is_let_go (ingest, &let_go)))
    return FALSE;
  ingest->applied = ingest->batch->range.last;
  ingest->answer->expected = ingest->stream.last + 1;
  if (let_go)
    return answer_with (ingest, TRACE_INGEST_GAP, "let go of long ago");
  return is_found && memcmp (hash, ingest->batch->range.head, sizeof hash) == 0
             ? answer_with (ingest, TRACE_INGEST_TAKEN, "held")
             : answer_with (ingest, TRACE_INGEST_FORK, "fork");
}

// Nothing of the epoch is held: it is new, or this store is a copy older than the epoch.
static gboolean
judge_unheld (Ingest *ingest)
{
  ingest->answer->expected = 1;
  if (ingest->batch->range.first > 1)
    return answer_with (ingest, TRACE_INGEST_GAP, "gap");
  return is_beginning (ingest) ? answer_with (ingest, TRACE_INGEST_TAKEN, "new")
                               : answer_with (ingest, TRACE_INGEST_EPOCH, "epoch");
}

// Where the batch stands to what is held. The chain makes one equal hash stand for all before it.
static gboolean
judge (Ingest *ingest)
{
  const FeedRange *range = &ingest->batch->range;
  const TraceStream *stream = &ingest->stream;
  ingest->applied = stream->last;
  if (stream->id == 0)
    return judge_unheld (ingest);
  if (range->last <= stream->last)
    return judge_held (ingest);
  gboolean is_same = range->first == stream->last + 1 &&
                     memcmp (range->prev, stream->head, JOURNAL_HASH_SIZE) == 0;
  if (range->first > stream->last && !is_same)
    return judge_behind (ingest);
  if (range->first <= stream->last && !walk (ingest, on_compare, &is_same))
    return FALSE;
  return is_same ? answer_with (ingest, TRACE_INGEST_TAKEN, "new")
                 : answer_with (ingest, TRACE_INGEST_FORK, "fork");
}

static gboolean
on_note_time (
    Ingest *ingest, const JournalRecord *record, const guint8 *item, gsize len, gpointer user_data)
{
  if (record->seq > ingest->applied)
    trace_take_note_time (&ingest->taking, record);
  return TRUE;
}

static gboolean
save_run (Ingest *ingest)
{
  if (!trace_stream_save_run (&ingest->stream, ingest->run, ingest->hashes, ingest->taking.now_ms,
                              ingest->error))
    return FALSE;
  g_byte_array_set_size (ingest->hashes, 0);
  return TRUE;
}

static gboolean
on_take (
    Ingest *ingest, const JournalRecord *record, const guint8 *item, gsize len, gpointer user_data)
{
  const char *reason = NULL;
  if (record->seq <= ingest->applied)
    return TRUE;
  if (record->seq != ingest->run + ingest->hashes->len / JOURNAL_HASH_SIZE) { // behind a hole
    if (!save_run (ingest))
      return FALSE;
    ingest->run = record->seq;
  }
  g_byte_array_append (ingest->hashes, record->hash, sizeof record->hash);
  ingest->answer->n_new++;
  if (!trace_take_record (&ingest->taking, record, &reason, ingest->error))
    return FALSE;
  if (reason == NULL)
    return TRUE;
  ingest->answer->n_quarantined++;
  return trace_take_aside (&ingest->taking, record, item, len, reason, ingest->error);
}

static gboolean
apply (Ingest *ingest)
{
  const FeedRange *range = &ingest->batch->range;
  if (ingest->applied >= range->last)
    return TRUE;
  if (ingest->stream.id == 0 &&
      !trace_stream_begin (&ingest->stream, ingest->taking.now_ms, ingest->error))
    return FALSE;
  trace_stream_get_name (&ingest->stream, ingest->taking.name);
  (void) walk (ingest, on_note_time, NULL); // reading cannot fail
  return walk (ingest, on_take, NULL) && save_run (ingest) &&
         (ingest->taking.fixed_boot == 0 || trace_take_settle (&ingest->taking, ingest->error)) &&
         trace_stream_save (&ingest->stream, range->last, range->head, ingest->taking.now_ms,
                            ingest->error);
}

static gboolean
on_count (
    Ingest *ingest, const JournalRecord *record, const guint8 *item, gsize len, gpointer user_data)
{
  ++*(guint *) user_data;
  return TRUE;
}

static gboolean
find_kiosk (Ingest *ingest, gboolean *ret_ok)
{
  gboolean is_found = FALSE;
  *ret_ok = FALSE;
  if (!trace_kiosk_find (ingest->taking.db, ingest->batch->origin.kiosk, &ingest->kiosk, &is_found,
                         ingest->error))
    return FALSE;
  if (!is_found)
    return answer_with (ingest, TRACE_INGEST_FORBIDDEN, "unknown kiosk");
  if (ingest->kiosk.is_revoked)
    return answer_with (ingest, TRACE_INGEST_FORBIDDEN, "revoked kiosk");
  *ret_ok = TRUE;
  return TRUE;
}

// Before the transaction: a stranger's batch does not wait for the store, nor holds it.
static gboolean
check (Ingest *ingest, gboolean *ret_ok)
{
  const TraceBatch *batch = ingest->batch;
  JournalStatement statement;
  const char *reason = NULL;
  guint n_records = 0;
  gsize len = 0;
  const guint8 *data = g_bytes_get_data (batch->body, &len);
  if (!find_kiosk (ingest, ret_ok))
    return FALSE;
  if (!*ret_ok)
    return TRUE;
  *ret_ok = FALSE;
  feed_statement_batch (&statement, &batch->origin, &batch->range);
  if (!journal_statement_verify (&statement, batch->signature, ingest->kiosk.key))
    return answer_with (ingest, TRACE_INGEST_FORBIDDEN, "wrong signature");
  if (ingest->kiosk.is_frozen)
    return answer_with (ingest, TRACE_INGEST_FORK, "frozen");
  if (!feed_batch_check (data, len, &batch->range, &reason))
    return answer_with (ingest, TRACE_INGEST_MALFORMED, reason);
  (void) walk (ingest, on_count, &n_records); // reading cannot fail
  *ret_ok = n_records <= FEED_BATCH_RECORDS_MAX;
  return *ret_ok || answer_with (ingest, TRACE_INGEST_TOO_MANY, "a batch is 500 records at most");
}

// Within it: what people may have decided meanwhile. A kiosk's key is the same for good.
static gboolean
check_again (Ingest *ingest, gboolean *ret_ok)
{
  if (!find_kiosk (ingest, ret_ok))
    return FALSE;
  if (!*ret_ok || !ingest->kiosk.is_frozen)
    return TRUE;
  *ret_ok = FALSE;
  return answer_with (ingest, TRACE_INGEST_FORK, "frozen");
}

static gboolean
note_fork (Ingest *ingest)
{
  return trace_kiosk_note_incident (ingest->taking.db, ingest->batch->origin.kiosk, "fork",
                                    ingest->batch->range.first, ingest->taking.now_ms,
                                    ingest->error);
}

static gboolean
run (Ingest *ingest)
{
  gboolean is_valid = FALSE;
  if (!check_again (ingest, &is_valid))
    return FALSE;
  if (!is_valid)
    return TRUE;
  if (!trace_stream_open (&ingest->stream, ingest->taking.db, &ingest->batch->origin,
                          ingest->error) ||
      !judge (ingest))
    return FALSE;
  if (ingest->answer->result == TRACE_INGEST_FORK)
    return note_fork (ingest);
  if (ingest->answer->result != TRACE_INGEST_TAKEN)
    return TRUE;
  if (!apply (ingest))
    return FALSE;
  write_receipt (ingest, ingest->held_ms > 0 ? ingest->held_ms : ingest->taking.now_ms);
  return TRUE;
}

gboolean
trace_ingest_batch (TraceStore *store,
                    const TraceKeys *keys,
                    const TraceBatch *batch,
                    gint64 now_ms,
                    TraceIngestAnswer *ret_answer,
                    GError **error)
{
  Ingest ingest = { .batch = batch, .answer = ret_answer, .error = error };
  ingest.taking = (TraceTaking){ .store = store,
                                 .db = trace_store_get_db (store),
                                 .keys = keys,
                                 .kiosk = &ingest.kiosk,
                                 .stream = &ingest.stream,
                                 .now_ms = now_ms };
  gboolean is_valid = FALSE;
  *ret_answer = (TraceIngestAnswer){ .result = TRACE_INGEST_MALFORMED };
  if (!check (&ingest, &is_valid))
    return FALSE;
  if (!is_valid)
    return TRUE;
  if (!trace_store_begin (store, error))
    return FALSE;
  ingest.hashes = g_byte_array_new ();
  gboolean ok = run (&ingest) && trace_store_commit (store, error);
  if (!ok)
    trace_store_roll_back (store);
  trace_stream_clear (&ingest.stream);
  g_byte_array_unref (ingest.hashes);
  return ok;
}

// The head that a kiosk says it has, against what is held.
static gboolean
judge_heartbeat (TraceDb *db, const FeedHeartbeat *beat, const char **ret_incident, GError **error)
{
  g_auto (TraceStream) stream = { .id = 0 };
  guint8 hash[JOURNAL_HASH_SIZE];
  gint64 taken_ms = 0;
  gboolean is_found = FALSE;
  *ret_incident = NULL;
  if (!trace_stream_open (&stream, db, &beat->origin, error) ||
      (stream.id != 0 &&
       !trace_stream_find_hash (&stream, beat->last, hash, &taken_ms, &is_found, error)))
    return FALSE;
  if (is_found && memcmp (hash, beat->head, sizeof hash) != 0)
    *ret_incident = "fork";
  else if (beat->last < stream.last)
    *ret_incident = "rollback";
  else if (beat->delivered > stream.last)
    *ret_incident = "core-behind"; // a copy of the store, older than the receipts it gave

  return TRUE;
}

static gboolean
take_heartbeat (TraceDb *db,
                const FeedHeartbeat *beat,
                gint64 now_ms,
                TraceIngestAnswer *answer,
                GError **error)
{
  const char *incident = NULL;
  if (!trace_kiosk_take_heartbeat (db, beat, now_ms, error) ||
      !judge_heartbeat (db, beat, &incident, error))
    return FALSE;
  answer->reason = incident;
  answer->result = g_strcmp0 (incident, "fork") == 0 ? TRACE_INGEST_FORK : TRACE_INGEST_TAKEN;
  return incident == NULL ||
         trace_kiosk_note_incident (db, beat->origin.kiosk, incident, beat->last, now_ms, error);
}

// Whether the kiosk may say how it is; @answer has why not.
static gboolean
may_beat (TraceDb *db,
          const guint8 id[JOURNAL_ID_SIZE],
          TraceKiosk *ret_kiosk,
          gboolean *ret_ok,
          TraceIngestAnswer *answer,
          GError **error)
{
  gboolean is_found = FALSE;
  if (!trace_kiosk_find (db, id, ret_kiosk, &is_found, error))
    return FALSE;
  *ret_ok = is_found && !ret_kiosk->is_revoked;
  if (!*ret_ok)
    answer->reason = is_found ? "revoked kiosk" : "unknown kiosk";
  return TRUE;
}

gboolean
trace_ingest_heartbeat (TraceStore *store,
                        const JournalOrigin *origin,
                        GBytes *body,
                        gint64 now_ms,
                        TraceIngestAnswer *ret_answer,
                        GError **error)
{
  TraceDb *db = trace_store_get_db (store);
  TraceKiosk kiosk;
  FeedHeartbeat beat;
  gboolean is_ours = FALSE;
  gsize len = 0;
  const guint8 *data = g_bytes_get_data (body, &len);
  *ret_answer = (TraceIngestAnswer){ .result = TRACE_INGEST_FORBIDDEN,
                                     .reason = "no heartbeat of this kiosk" };
  if (!may_beat (db, origin->kiosk, &kiosk, &is_ours, ret_answer, error))
    return FALSE;
  if (!is_ours || !feed_heartbeat_read (data, len, kiosk.key, &beat) ||
      memcmp (&beat.origin, origin, sizeof beat.origin) != 0)
    return TRUE;
  if (!trace_store_begin (store, error))
    return FALSE;
  gboolean ok = may_beat (db, origin->kiosk, &kiosk, &is_ours, ret_answer, error) && // meanwhile
                (!is_ours || take_heartbeat (db, &beat, now_ms, ret_answer, error)) &&
                trace_store_commit (store, error);
  if (!ok)
    trace_store_roll_back (store);
  return ok;
}
