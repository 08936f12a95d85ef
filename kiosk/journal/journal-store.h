// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The durable record of one kiosk. All calls on the main thread; the work is done by one exclusive
// worker thread, in order. The only maker of JournalCommitted, and without one nothing may be told
// to a visitor.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define JOURNAL_ERROR (journal_error_quark ())
GQuark journal_error_quark (void);

typedef enum {
  JOURNAL_ERROR_STORAGE,  // I/O error, read-only, not open
  JOURNAL_ERROR_FULL,     // the disk is full
  JOURNAL_ERROR_CORRUPT,  // the file is not a journal of ours, or its chain does not hold
  JOURNAL_ERROR_LOCKED,   // another process owns it
  JOURNAL_ERROR_KEYS,     // the key files are missing or broken
  JOURNAL_ERROR_CONFLICT, // the visit is not open (any more), or the person is inside already; the
                          // store goes on
} JournalError;

gboolean journal_error_is_disk_full (const GError *error);

typedef enum {
  JOURNAL_CLOCK_UNSET = 0,
  JOURNAL_CLOCK_RESTORED = 1,
  JOURNAL_CLOCK_SYNCED = 2,
} JournalClockQuality;

// When something happened, as the caller's clock saw it. The journal itself has no clock.
typedef struct {
  guint8 boot_id[16];
  gint64 boottime_ns;
  gint64 wall_ms; // since 1970 UTC
  JournalClockQuality quality;
} JournalStamp;

// Proof that a record is on the disk. Boxed, reference-counted, immutable; only the journal makes
// one.
typedef struct _JournalCommitted JournalCommitted;
#define JOURNAL_TYPE_COMMITTED (journal_committed_get_type ())
GType journal_committed_get_type (void);
JournalCommitted *journal_committed_ref (JournalCommitted *committed);
void journal_committed_unref (JournalCommitted *committed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JournalCommitted, journal_committed_unref)
guint64 journal_committed_get_seq (const JournalCommitted *committed);
gint64 journal_committed_get_wall_ms (const JournalCommitted *committed);
gint64 journal_committed_get_commit_us (
    const JournalCommitted *committed); // how long the transaction took

// The pseudonym of the visit that was opened, 16 bytes: the id of a pass for it. Whoever finds by
// the identity "pass:" and this id in hexadecimal finds the visit. Zero for other records.
const guint8 *journal_committed_get_subject (const JournalCommitted *committed);

typedef enum {
  JOURNAL_EVIDENCE_QR = 1,
  JOURNAL_EVIDENCE_BLE = 2,
  JOURNAL_EVIDENCE_MANUAL = 3,
  JOURNAL_EVIDENCE_STAFF = 4,
} JournalEvidence;

typedef enum {
  JOURNAL_CLOSE_SCAN = 1,
  JOURNAL_CLOSE_STAFF = 2,
  JOURNAL_CLOSE_EXPIRY = 3,
} JournalCloseReason;

// What a visit-open record is made of. The identity and the details stay in memory; only sealed
// boxes and a pseudonym are written.
typedef struct {
  JournalStamp stamp;
  GBytes *identity; // canonical identity (ct_credential.subject), not terminated, at most 128 bytes
  GBytes *details;  // (nullable) what the profile asks for, sealed to the officer's key, at most
                    // 4096 bytes
  guint8 credential_kind; // enum ct_kind
  guint8 freshness;       // enum ct_freshness
  guint32 doubts;
  JournalEvidence evidence;
  const char *zone; // [A-Za-z0-9_-]{1,64}
} JournalArrival;

typedef struct {
  gboolean is_open;
  guint64 seq; // of the visit-open record
  gint64 arrived_ms;
} JournalVisit;

#define JOURNAL_TYPE_STORE (journal_store_get_type ())
G_DECLARE_FINAL_TYPE (JournalStore, journal_store, JOURNAL, STORE, GObject)

// @state_dir holds everything: journal.db, keys/. Created with mode 0700 when missing. Nothing is
// opened yet. Property "people-inside" (uint, notify): open visits. Property "disk-percent" (uint,
// notify): how full the disk was after the last request. Property "failed" (boolean, notify): after
// the first error but CONFLICT; from then on every call but journal_store_sign_as_kiosk_async ()
// fails with that error until the store was opened anew. Property "vfs-name" (construct only):
// SQLite's name of the file layer to work on, NULL for the system's. Results arrive in the default
// main context. Cancelling a request only before it is begun: what may be on the disk is told. The
// last unref merges the log into the file, which blocks shortly.
JournalStore *journal_store_new (const char *state_dir, guint retention_days, guint longest_stay_h);

// Opens (again, after a failure), verifies, and appends a boot record.
void journal_store_open_async (JournalStore *self,
                               const JournalStamp *stamp,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean journal_store_open_finish (JournalStore *self, GAsyncResult *result, GError **error);

// Is this person inside? Fills @ret_visit. @stamp chooses the day's key.
void journal_store_find_visit_async (JournalStore *self,
                                     GBytes *identity,
                                     const JournalStamp *stamp,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean journal_store_find_visit_finish (JournalStore *self,
                                          GAsyncResult *result,
                                          JournalVisit *ret_visit,
                                          GError **error);

// Appends visit-open, durably. (transfer full) JOURNAL_ERROR_CONFLICT when the person is inside.
void journal_store_open_visit_async (JournalStore *self,
                                     const JournalArrival *arrival,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
JournalCommitted *
journal_store_open_visit_finish (JournalStore *self, GAsyncResult *result, GError **error);

// Appends visit-close for the visit opened by record @seq, durably. (transfer full)
void journal_store_close_visit_async (JournalStore *self,
                                      guint64 seq,
                                      JournalCloseReason reason,
                                      const JournalStamp *stamp,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
JournalCommitted *
journal_store_close_visit_finish (JournalStore *self, GAsyncResult *result, GError **error);

typedef struct {
  JournalStamp from, to;
} JournalSpan;

// Appends observation-gap for each of @spans, of JournalSpan, at least one, durably and together:
// nothing could be seen by @what ("camera", [A-Za-z0-9_-]{1,64}) meanwhile. Copies @spans, which
// may have ended a while ago.
void journal_store_append_gaps_async (JournalStore *self,
                                      const char *what,
                                      const GArray *spans,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
JournalCommitted *
journal_store_append_gaps_finish (JournalStore *self, GAsyncResult *result, GError **error);

// Appends presence-window, durably, in as many records as it takes; see journal-presence.h. Copies
// @presence.
typedef struct _JournalPresence JournalPresence;
void journal_store_append_presence_async (JournalStore *self,
                                          const JournalPresence *presence,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
JournalCommitted *
journal_store_append_presence_finish (JournalStore *self, GAsyncResult *result, GError **error);

// Appends visit-phone, durably: @phone, one beacon with its stamp, was held at the kiosk when
// record
// @visit was made. Copies @phone.
void journal_store_append_phone_async (JournalStore *self,
                                       guint64 visit,
                                       const JournalPresence *phone,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
JournalCommitted *
journal_store_append_phone_finish (JournalStore *self, GAsyncResult *result, GError **error);

// Appends clock-fix, durably: the clock was set right, to @max_error_ms; @stamp is by that clock.
void journal_store_append_clock_fix_async (JournalStore *self,
                                           const JournalStamp *stamp,
                                           guint max_error_ms,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
JournalCommitted *
journal_store_append_clock_fix_finish (JournalStore *self, GAsyncResult *result, GError **error);

// Keeps a window that is not over yet, so that an end without a word loses only what came after.
// Not durable in the strict sense, and never answered: presence is a courtesy to the officer.
void journal_store_keep_presence (JournalStore *self, const JournalPresence *presence);
// The window that was kept is over, and is not recorded. Likewise never answered.
void journal_store_forget_presence (JournalStore *self, const JournalStamp *stamp);

// Housekeeping, once an hour and at the turn of the day: expires open visits, rotates the day key,
// erases old bodies, checkpoints.
void journal_store_tidy_async (JournalStore *self,
                               const JournalStamp *stamp,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean journal_store_tidy_finish (JournalStore *self, GAsyncResult *result, GError **error);

// What the feed asks of it: journal-outbox.h.

// Asks whether the journal's thread still gets answers from the disk. That it comes back is the
// answer that counts: a thread that hangs in the disk gives none.
void journal_store_probe_async (JournalStore *self,
                                const JournalStamp *stamp,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean journal_store_probe_finish (JournalStore *self, GAsyncResult *result, GError **error);

guint journal_store_get_people_inside (JournalStore *self);
guint journal_store_get_disk_percent (JournalStore *self);
// (nullable) Why the last opening could not recover the window that was kept: there is a gap of
// "radio-window" instead.
const char *journal_store_get_lost_window (JournalStore *self);
gboolean journal_store_has_failed (JournalStore *self);
// (nullable) (transfer none)
const GError *journal_store_get_failure (JournalStore *self);
gboolean journal_store_is_enrolled (
    JournalStore *self); // false: stand-alone, sealed to key pairs of its own

G_END_DECLS
