// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Bodies of records: deterministic CBOR (RFC 8949, section 4.2.1), one flat map with small integer
// keys. Pure: no I/O, no clock, no allocation. A body has exactly one encoding, so the reader
// refuses whatever the writer would not have written.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define JOURNAL_BODY_MAX  8192 // bytes of an encoded body
#define JOURNAL_FORMAT    1    // version of everything below, in every boot record
#define JOURNAL_HASH_SIZE 32
#define JOURNAL_ID_SIZE   16 // kiosk, epoch, boot, subject
#define JOURNAL_KEY_SIZE  32
#define JOURNAL_SIG_SIZE  64

// Numbers are stored: never renumber.
typedef enum {
  JOURNAL_KIND_BOOT = 1,
  JOURNAL_KIND_CONFIG = 2,
  JOURNAL_KIND_VISIT_OPEN = 3,
  JOURNAL_KIND_VISIT_CLOSE = 4,
  JOURNAL_KIND_PRESENCE_WINDOW = 5,
  JOURNAL_KIND_OBSERVATION_GAP = 6,
  JOURNAL_KIND_CLOCK_FIX = 7,
  JOURNAL_KIND_CHECKPOINT = 8,
  JOURNAL_KIND_DELETION = 9,
  JOURNAL_KIND_STAFF_ACTION = 10, // reserved, not written yet
  JOURNAL_KIND_TOMBSTONE = 11,
  JOURNAL_KIND_VISIT_PHONE = 12,
} JournalKind;
#define JOURNAL_N_KINDS 13

// A view of bytes; data NULL: absent.
typedef struct {
  const guint8 *data;
  gsize len;
} JournalBytes;

// The journal was opened. The first record of an epoch carries the key that the chain of record
// keys begins with.
typedef struct {
  guint64 format;
  JournalBytes kiosk;
  JournalBytes epoch;
  JournalBytes kiosk_key;   // Ed25519, signs statements meant for others
  JournalBytes record_key;  // Ed25519, signs the head; replaced every day by a checkpoint
  JournalBytes ingest_key;  // X25519, `who` is sealed to it
  JournalBytes officer_key; // X25519, `details` are sealed to it
  JournalBytes binding; // kiosk_key's signature: this kiosk keeps this epoch with this record_key
} JournalBoot;

typedef struct {
  guint64 retention_days;
  guint64 longest_stay_h;
} JournalConfig;

typedef struct {
  JournalBytes subject; // day pseudonym
  JournalBytes who;
  JournalBytes details; // optional
  guint64 credential_kind;
  guint64 freshness;
  guint64 doubts;
  guint64 evidence;
  JournalBytes zone; // [A-Za-z0-9_-]{1,64}
} JournalVisitOpen;

typedef struct {
  guint64 visit; // seq of its visit-open record
  guint64 reason;
} JournalVisitClose;

// A phone was held at the kiosk while its owner's code was scanned.
typedef struct {
  guint64 visit;      // seq of its visit-open record
  JournalBytes phone; // one beacon as in a window, sealed to the ingest key
} JournalVisitPhone;

// Nothing could be observed from `from_…` until the record's own stamp.
typedef struct {
  JournalBytes what; // [A-Za-z0-9_-]{1,64}
  JournalBytes from_boot;
  guint64 from_boottime_ns;
  guint64 from_wall_ms;
  guint64 from_quality;
} JournalGap;

// What the radio heard in one window; as journal-presence.h has it. A window of many beacons is
// several records, of which the first has the counts.
typedef struct {
  guint64 start_wall_ms;
  guint64 window_s;
  guint64 flags;    // JOURNAL_WINDOW_…
  guint64 heard_ms; // the radio could hear
  guint64 n_sightings;
  guint64 n_dropped;     // newcomers that found no room
  JournalBytes counts;   // beacons of each kind that were present
  JournalBytes beacons;  // sealed to the ingest key; optional
  JournalBytes arrivals; // beacons of each kind that came; optional, as older kiosks did not count
  JournalBytes start;    // the boot and boot time (nanoseconds, big-endian) of its begin; likewise
} JournalWindow;

#define JOURNAL_START_SIZE (JOURNAL_ID_SIZE + 8)

// RECOVERED: the kiosk ended without a word; the box was sealed before, for record 0.
enum { JOURNAL_WINDOW_CUT = 1, JOURNAL_WINDOW_CONTINUED = 2, JOURNAL_WINDOW_RECOVERED = 4 };

#define JOURNAL_CLOCK_ERROR_MAX_MS 86400000

// The clock was set right: from here on the record's stamp is synchronised, and with its boot time
// everything else of this boot has a wall time.
typedef struct {
  guint64 max_error_ms;
} JournalClockFix;

typedef struct {
  guint64 size;           // records covered: up to the one before
  JournalBytes next_key;  // optional; the record key from here on
  JournalBytes signature; // by the record key until here
} JournalCheckpoint;

typedef struct {
  guint64 through; // bodies of visits, gaps and the like up to this record are erased
  guint64 n_erased;
  guint64 retention_days;
  JournalBytes signature; // by kiosk_key
} JournalDeletion;

// Records that were acknowledged and are gone.
typedef struct {
  guint64 first;
  guint64 last;
  guint64 reason; // JOURNAL_LOSS_…
} JournalTombstone;

typedef enum {
  JOURNAL_LOSS_STORAGE = 1, // the disk did not keep what it had confirmed
} JournalLoss;

typedef struct {
  JournalKind kind;
  union {
    JournalBoot boot;
    JournalConfig config;
    JournalVisitOpen visit_open;
    JournalVisitClose visit_close;
    JournalVisitPhone visit_phone;
    JournalWindow window;
    JournalGap gap;
    JournalClockFix clock_fix;
    JournalCheckpoint checkpoint;
    JournalDeletion deletion;
    JournalTombstone tombstone;
  };
} JournalBody;

// Encodes @body; returns the length, or 0 when a field is out of its bounds or @size is too small.
gsize journal_record_write (const JournalBody *body, guint8 *ret_data, gsize size);

// Decodes a body of @kind; the views in @ret_body point into @data. FALSE, and @ret_body untouched,
// for anything but the one encoding of a valid body.
gboolean
journal_record_read (JournalKind kind, const guint8 *data, gsize len, JournalBody *ret_body);

// Whether retention erases bodies of this kind.
gboolean journal_kind_is_erasable (JournalKind kind);

// A stable lower-case word, never NULL.
const char *journal_kind_to_string (JournalKind kind);

G_END_DECLS
