// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One table of fields drives the writer and the reader of every kind of body.

#include "kiosk/journal/journal-record.h"

#include <string.h>

#include <cbor.h>

#include "kiosk/journal/journal-item.h"
#include "kiosk/journal/journal-presence.h"

typedef enum {
  FIELD_NUMBER, // min and max are values
  FIELD_BYTES,  // min and max are lengths
  FIELD_WORD,   // text of [A-Za-z0-9_-], min and max are lengths
} FieldType;

typedef struct {
  guint8 key;
  FieldType type;
  gsize offset;
  guint64 min;
  guint64 max;
  gboolean is_optional;
} Field;

#define AT(member) G_STRUCT_OFFSET (JournalBody, member)
#define NUMBER(k, m, min, max)                                                                     \
  {                                                                                                \
    k, FIELD_NUMBER, AT (m), min, max, FALSE                                                       \
  }
#define BYTES(k, m, n)                                                                             \
  {                                                                                                \
    k, FIELD_BYTES, AT (m), n, n, FALSE                                                            \
  }
#define WORD(k, m)                                                                                 \
  {                                                                                                \
    k, FIELD_WORD, AT (m), 1, 64, FALSE                                                            \
  }
#define FIELDS_MAX 10
#define SEALED_MAX 7000
#define SEQ_MAX    G_MAXINT64 // what an SQLite INTEGER holds

// Keys ascend: deterministic encoding sorts them.
static const Field boot_fields[] = {
  NUMBER (1, boot.format, JOURNAL_FORMAT, JOURNAL_FORMAT),
  BYTES (2, boot.kiosk, JOURNAL_ID_SIZE),
  BYTES (3, boot.epoch, JOURNAL_ID_SIZE),
  BYTES (4, boot.kiosk_key, JOURNAL_KEY_SIZE),
  BYTES (5, boot.record_key, JOURNAL_KEY_SIZE),
  BYTES (6, boot.ingest_key, JOURNAL_KEY_SIZE),
  BYTES (7, boot.officer_key, JOURNAL_KEY_SIZE),
  BYTES (8, boot.binding, JOURNAL_SIG_SIZE),
};

static const Field config_fields[] = {
  NUMBER (1, config.retention_days, 1, 30),
  NUMBER (2, config.longest_stay_h, 1, 168),
};

static const Field visit_open_fields[] = {
  BYTES (1, visit_open.subject, JOURNAL_ID_SIZE),
  { 2, FIELD_BYTES, AT (visit_open.who), 1, SEALED_MAX, FALSE },
  { 3, FIELD_BYTES, AT (visit_open.details), 1, SEALED_MAX, TRUE },
  NUMBER (4, visit_open.credential_kind, 0, G_MAXUINT8),
  NUMBER (5, visit_open.freshness, 0, G_MAXUINT8),
  NUMBER (6, visit_open.doubts, 0, G_MAXUINT32),
  NUMBER (7, visit_open.evidence, 1, 4),
  WORD (8, visit_open.zone),
};

static const Field visit_close_fields[] = {
  NUMBER (1, visit_close.visit, 1, SEQ_MAX),
  NUMBER (2, visit_close.reason, 1, 3),
};

static const Field visit_phone_fields[] = {
  NUMBER (1, visit_phone.visit, 1, SEQ_MAX),
  { 2, FIELD_BYTES, AT (visit_phone.phone), 1, SEALED_MAX, FALSE },
};

static const Field window_fields[] = {
  NUMBER (1, window.start_wall_ms, 0, G_MAXINT64),
  NUMBER (2, window.window_s, 1, 3600),
  NUMBER (3, window.flags, 0, 7),
  NUMBER (4, window.heard_ms, 0, 3600000),
  NUMBER (5, window.n_sightings, 0, G_MAXUINT32),
  NUMBER (6, window.n_dropped, 0, G_MAXUINT32),
  BYTES (7, window.counts, JOURNAL_COUNTS_SIZE),
  { 8, FIELD_BYTES, AT (window.beacons), 1, SEALED_MAX, TRUE },
  { 9, FIELD_BYTES, AT (window.arrivals), JOURNAL_COUNTS_SIZE, JOURNAL_COUNTS_SIZE, TRUE },
  { 10, FIELD_BYTES, AT (window.start), JOURNAL_START_SIZE, JOURNAL_START_SIZE, TRUE },
};

static const Field gap_fields[] = {
  WORD (1, gap.what),
  BYTES (2, gap.from_boot, JOURNAL_ID_SIZE),
  NUMBER (3, gap.from_boottime_ns, 0, G_MAXINT64),
  NUMBER (4, gap.from_wall_ms, 0, G_MAXINT64),
  NUMBER (5, gap.from_quality, 0, 2),
};

static const Field clock_fix_fields[] = {
  NUMBER (1, clock_fix.max_error_ms, 0, JOURNAL_CLOCK_ERROR_MAX_MS),
};

static const Field checkpoint_fields[] = {
  NUMBER (1, checkpoint.size, 1, SEQ_MAX),
  { 2, FIELD_BYTES, AT (checkpoint.next_key), JOURNAL_KEY_SIZE, JOURNAL_KEY_SIZE, TRUE },
  BYTES (3, checkpoint.signature, JOURNAL_SIG_SIZE),
};

static const Field deletion_fields[] = {
  NUMBER (1, deletion.through, 1, SEQ_MAX),
  NUMBER (2, deletion.n_erased, 0, SEQ_MAX),
  NUMBER (3, deletion.retention_days, 1, 30),
  BYTES (4, deletion.signature, JOURNAL_SIG_SIZE),
};

static const Field tombstone_fields[] = {
  NUMBER (1, tombstone.first, 1, SEQ_MAX),
  NUMBER (2, tombstone.last, 1, SEQ_MAX),
  NUMBER (3, tombstone.reason, 1, 1),
};

#define KIND(f)                                                                                    \
  {                                                                                                \
    f, G_N_ELEMENTS (f)                                                                            \
  }

static const struct {
  const Field *fields; // NULL: this version neither writes nor reads the kind
  gsize n_fields;
} kinds[JOURNAL_N_KINDS] = {
  [JOURNAL_KIND_BOOT] = KIND (boot_fields),
  [JOURNAL_KIND_CONFIG] = KIND (config_fields),
  [JOURNAL_KIND_VISIT_OPEN] = KIND (visit_open_fields),
  [JOURNAL_KIND_VISIT_CLOSE] = KIND (visit_close_fields),
  [JOURNAL_KIND_PRESENCE_WINDOW] = KIND (window_fields),
  [JOURNAL_KIND_OBSERVATION_GAP] = KIND (gap_fields),
  [JOURNAL_KIND_CLOCK_FIX] = KIND (clock_fix_fields),
  [JOURNAL_KIND_CHECKPOINT] = KIND (checkpoint_fields),
  [JOURNAL_KIND_DELETION] = KIND (deletion_fields),
  [JOURNAL_KIND_TOMBSTONE] = KIND (tombstone_fields),
  [JOURNAL_KIND_VISIT_PHONE] = KIND (visit_phone_fields),
};

static gboolean
is_word (const JournalBytes *bytes)
{
  for (gsize i = 0; i < bytes->len; i++) {
    if (!g_ascii_isalnum (bytes->data[i]) && bytes->data[i] != '_' && bytes->data[i] != '-')
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_within_bounds (const Field *field, guint64 number, const JournalBytes *bytes)
{
  guint64 measure = field->type == FIELD_NUMBER ? number : bytes->len;
  if (measure < field->min || measure > field->max)
    return FALSE;
  return field->type != FIELD_WORD || is_word (bytes);
}

static gboolean
take_value (const Field *field, const JournalItem *item, JournalBody *body)
{
  gpointer member = G_STRUCT_MEMBER_P (body, field->offset);
  if (!is_within_bounds (field, item->number, &item->bytes))
    return FALSE;
  switch (field->type) {
  case FIELD_NUMBER:
    *(guint64 *) member = item->number;
    return item->type == JOURNAL_ITEM_NUMBER;
  case FIELD_BYTES:
    *(JournalBytes *) member = item->bytes;
    return item->type == JOURNAL_ITEM_BYTES;
  case FIELD_WORD:
    *(JournalBytes *) member = item->bytes;
    return item->type == JOURNAL_ITEM_TEXT;
  }
  return FALSE;
}

static gsize
write_value (const Field *field, const JournalBody *body, guint8 *out, gsize size)
{
  const void *member = G_STRUCT_MEMBER_P (body, field->offset);
  if (field->type == FIELD_NUMBER) {
    guint64 number = *(const guint64 *) member;
    return is_within_bounds (field, number, NULL) ? cbor_encode_uint (number, out, size) : 0;
  }
  const JournalBytes *bytes = member;
  if (!is_within_bounds (field, 0, bytes))
    return 0;
  gsize head = field->type == FIELD_BYTES ? cbor_encode_bytestring_start (bytes->len, out, size)
                                          : cbor_encode_string_start (bytes->len, out, size);
  if (head == 0 || size - head < bytes->len)
    return 0;
  memcpy (out + head, bytes->data, bytes->len);
  return head + bytes->len;
}

static gboolean
is_absent (const Field *field, const JournalBody *body)
{
  return field->is_optional &&
         ((const JournalBytes *) G_STRUCT_MEMBER_P (body, field->offset))->data == NULL;
}

gsize
journal_record_write (const JournalBody *body, guint8 *ret_data, gsize size)
{
  g_return_val_if_fail (body->kind > 0 && body->kind < JOURNAL_N_KINDS, 0);

  const Field *fields = kinds[body->kind].fields;
  gsize n_pairs = 0;
  for (gsize i = 0; i < kinds[body->kind].n_fields; i++)
    n_pairs += is_absent (&fields[i], body) ? 0 : 1;
  if (n_pairs == 0)
    return 0;
  gsize used = cbor_encode_map_start (n_pairs, ret_data, size);
  for (gsize i = 0; used > 0 && i < kinds[body->kind].n_fields; i++) {
    if (is_absent (&fields[i], body))
      continue;
    gsize key = cbor_encode_uint (fields[i].key, ret_data + used, size - used);
    gsize value =
        key == 0 ? 0 : write_value (&fields[i], body, ret_data + used + key, size - used - key);
    used = value == 0 ? 0 : used + key + value;
  }
  return used;
}

static gboolean
read_pairs (JournalBody *body, JournalBytes rest)
{
  const Field *field = kinds[body->kind].fields;
  const Field *end = field + kinds[body->kind].n_fields;
  JournalItem map;
  if (!journal_item_next (&rest, &map) || map.type != JOURNAL_ITEM_MAP || map.number > FIELDS_MAX)
    return FALSE;
  for (guint64 i = 0; i < map.number; i++) {
    JournalItem key, value;
    if (!journal_item_next (&rest, &key) || key.type != JOURNAL_ITEM_NUMBER ||
        !journal_item_next (&rest, &value))
      return FALSE;
    while (field < end && field->key != key.number && field->is_optional)
      field++;
    if (field == end || field->key != key.number || !take_value (field, &value, body))
      return FALSE;
    field++;
  }
  while (field < end && field->is_optional)
    field++;
  return field == end && rest.len == 0;
}

gboolean
journal_record_read (JournalKind kind, const guint8 *data, gsize len, JournalBody *ret_body)
{
  if (kind <= 0 || kind >= JOURNAL_N_KINDS || kinds[kind].fields == NULL || len > JOURNAL_BODY_MAX)
    return FALSE;

  JournalBody body = { .kind = kind };
  if (!read_pairs (&body, (JournalBytes){ data, len }))
    return FALSE;
  // Whatever is left of CBOR's freedom (long forms of short numbers) shows here.
  guint8 again[JOURNAL_BODY_MAX];
  if (journal_record_write (&body, again, sizeof again) != len || memcmp (again, data, len) != 0)
    return FALSE;
  *ret_body = body;
  return TRUE;
}

gboolean
journal_kind_is_erasable (JournalKind kind)
{
  switch (kind) {
  case JOURNAL_KIND_VISIT_OPEN:
  case JOURNAL_KIND_VISIT_CLOSE:
  case JOURNAL_KIND_PRESENCE_WINDOW:
  case JOURNAL_KIND_OBSERVATION_GAP:
  case JOURNAL_KIND_STAFF_ACTION:
  case JOURNAL_KIND_VISIT_PHONE:
    return TRUE;
  case JOURNAL_KIND_BOOT:
  case JOURNAL_KIND_CONFIG:
  case JOURNAL_KIND_CLOCK_FIX:
  case JOURNAL_KIND_CHECKPOINT:
  case JOURNAL_KIND_DELETION:
  case JOURNAL_KIND_TOMBSTONE:
    return FALSE;
  }
  return FALSE;
}

const char *
journal_kind_to_string (JournalKind kind)
{
  static const char *const words[JOURNAL_N_KINDS] = {
    [JOURNAL_KIND_BOOT] = "boot",
    [JOURNAL_KIND_CONFIG] = "config",
    [JOURNAL_KIND_VISIT_OPEN] = "visit-open",
    [JOURNAL_KIND_VISIT_CLOSE] = "visit-close",
    [JOURNAL_KIND_PRESENCE_WINDOW] = "presence-window",
    [JOURNAL_KIND_OBSERVATION_GAP] = "observation-gap",
    [JOURNAL_KIND_CLOCK_FIX] = "clock-fix",
    [JOURNAL_KIND_CHECKPOINT] = "checkpoint",
    [JOURNAL_KIND_DELETION] = "deletion",
    [JOURNAL_KIND_STAFF_ACTION] = "staff-action",
    [JOURNAL_KIND_TOMBSTONE] = "tombstone",
    [JOURNAL_KIND_VISIT_PHONE] = "visit-phone",
  };
  return kind > 0 && kind < JOURNAL_N_KINDS ? words[kind] : "unknown";
}
