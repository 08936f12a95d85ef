// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Only kinds whose identifier stays.

#include "kiosk/core/ct-tag.h"

#include <string.h>

#define PREFIX "tag:"
#define STAFF  "staff"

_Static_assert(sizeof (PREFIX "eddystone-uid:") + 2 * CT_BEACON_ID_MAX <= CT_SUBJECT_MAX,
               "every tag has a subject");

// 0: a kind whose identifiers change, or that has none.
static size_t
id_len_of (enum ct_beacon_kind kind)
{
  switch (kind) {
  case CT_BEACON_IBEACON:
  case CT_BEACON_ALTBEACON:
    return 20;
  case CT_BEACON_EDDYSTONE_UID:
    return 16;
  case CT_BEACON_NONE:
  case CT_BEACON_BLUEZONE:
  case CT_BEACON_BLUEZONE_IOS:
  case CT_BEACON_EXPOSURE:
  case CT_BEACON_HERALD:
  case CT_BEACON_BLUETRACE:
  case CT_BEACON_EDDYSTONE_EID:
  case CT_BEACON_N_KINDS:
    break;
  }
  return 0;
}

static bool
read_tag (struct ct_span word, struct ct_beacon *ret_tag, bool *ret_is_staff)
{
  char kind[16] = "";
  struct ct_span parts[3];
  struct ct_beacon tag = { .kind = CT_BEACON_NONE };
  size_t n_parts = ct_span_split (word, ':', parts, 3);
  if (n_parts < 2 || n_parts > 3 || parts[0].len >= sizeof kind ||
      (n_parts == 3 && !ct_span_equals (parts[2], STAFF)))
    return false;
  memcpy (kind, parts[0].at, parts[0].len);
  tag.kind = ct_beacon_kind_from_string (kind);
  tag.id_len = id_len_of (tag.kind);
  if (tag.id_len == 0 || parts[1].len != 2 * tag.id_len)
    return false;
  for (size_t i = 0; i < parts[1].len; i++) {
    int value = ct_hex_value (parts[1].at[i]);
    if (value < 0)
      return false;
    tag.id[i / 2] = (uint8_t) (tag.id[i / 2] << 4 | value);
  }
  *ret_tag = tag;
  *ret_is_staff = n_parts == 3;
  return true;
}

bool
ct_tag_is (const struct ct_beacon *beacon)
{
  return beacon->id_len > 0 && beacon->id_len == id_len_of (beacon->kind);
}

int
ct_tags_find (const struct ct_beacon *tags, size_t n_tags, const struct ct_beacon *beacon)
{
  for (size_t i = 0; i < n_tags; i++)
    if (tags[i].kind == beacon->kind && tags[i].id_len == beacon->id_len &&
        memcmp (tags[i].id, beacon->id, beacon->id_len) == 0)
      return (int) i;
  return -1;
}

int
ct_tags_read_advert (const struct ct_beacon *tags,
                     size_t n_tags,
                     const struct ct_advert *advert,
                     struct ct_beacon *ret_beacon)
{
  struct ct_beacon beacons[CT_BEACON_READERS];
  size_t n_beacons = ct_beacon_read_all (advert, beacons);
  for (size_t i = 0; i < n_beacons; i++) {
    int tag = ct_tags_find (tags, n_tags, &beacons[i]);
    *ret_beacon = beacons[i];
    if (tag >= 0)
      return tag;
  }
  *ret_beacon = n_beacons > 0 ? beacons[0] : (struct ct_beacon){ .kind = CT_BEACON_NONE };
  return -1;
}

static bool
is_trail_of (const struct ct_tag_trail *trail, const uint8_t address[6], int64_t at_ms)
{
  return trail->at_ms > 0 && at_ms - trail->at_ms < CT_TAG_SPOOF_MS &&
         memcmp (trail->address, address, sizeof trail->address) == 0;
}

bool
ct_tag_follow (struct ct_tag_trails *trails,
               size_t n_tags,
               size_t tag,
               const uint8_t address[6],
               int64_t at_ms)
{
  struct ct_tag_trail trail = { .tag = (uint16_t) tag, .at_ms = at_ms };
  struct ct_tag_trail *suspect = &trails->suspects[0];
  size_t n = 1;
  memcpy (trail.address, address, sizeof trail.address);
  for (size_t i = 0; i < CT_TAG_SUSPECTS; i++) {
    if (trails->suspects[i].at_ms < suspect->at_ms)
      suspect = &trails->suspects[i];
    if (is_trail_of (&trails->suspects[i], address, at_ms)) {
      if (trails->suspects[i].tag != tag)
        trails->suspects[i] = trail;
      return false;
    }
  }
  for (size_t i = 0; i < n_tags; i++)
    n += i != tag && is_trail_of (&trails->tags[i], address, at_ms);
  if (n <= CT_TAG_SPOOF_N)
    trails->tags[tag] = trail;
  else
    *suspect = trail;
  return n <= CT_TAG_SPOOF_N;
}

static int
read_tags (struct ct_span text,
           struct ct_beacon ret_tags[CT_TAGS_MAX],
           bool ret_are_staff[CT_TAGS_MAX])
{
  int n_tags = 0;
  for (text = ct_span_trim (text); text.len > 0; text = ct_span_trim (text)) {
    struct ct_span word = { text.at, 0 };
    struct ct_beacon tag;
    bool is_staff;
    while (word.len < text.len && word.at[word.len] != ' ')
      word.len++;
    if (n_tags == CT_TAGS_MAX || !read_tag (word, &tag, &is_staff) ||
        ct_tags_find (ret_tags, (size_t) n_tags, &tag) >= 0)
      return -1;
    ret_are_staff[n_tags] = is_staff;
    ret_tags[n_tags++] = tag;
    text = ct_span_skip (text, word.len);
  }
  return n_tags;
}

int
ct_tags_read (struct ct_span text, struct ct_beacon ret_tags[CT_TAGS_MAX])
{
  bool are_staff[CT_TAGS_MAX];
  return read_tags (text, ret_tags, are_staff);
}

int
ct_tags_read_staff (struct ct_span text, bool ret_are_staff[CT_TAGS_MAX])
{
  struct ct_beacon tags[CT_TAGS_MAX];
  return read_tags (text, tags, ret_are_staff);
}

void
ct_tag_to_credential (const struct ct_beacon *tag, struct ct_credential *ret_credential)
{
  static const char digits[] = "0123456789abcdef";
  const char *parts[] = { PREFIX, ct_beacon_kind_to_string (tag->kind), ":" };
  size_t len = 0;
  *ret_credential = (struct ct_credential){ .kind = CT_KIND_TAG, .freshness = CT_FRESHNESS_STATIC };
  char *at = ret_credential->subject; // holds the longest kind and identifier
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    memcpy (at + len, parts[i], strlen (parts[i]));
    len += strlen (parts[i]);
  }
  for (size_t i = 0; i < tag->id_len; i++) {
    at[len++] = digits[tag->id[i] >> 4];
    at[len++] = digits[tag->id[i] & 15];
  }
}

bool
ct_tag_read_credential (struct ct_span text, struct ct_credential *ret_credential)
{
  struct ct_beacon tag;
  bool is_staff; // as a configuration may have it
  text = ct_span_trim (text);
  if (text.len > sizeof PREFIX - 1 && memcmp (text.at, PREFIX, sizeof PREFIX - 1) == 0)
    text = ct_span_skip (text, sizeof PREFIX - 1);
  if (!read_tag (text, &tag, &is_staff))
    return false;
  ct_tag_to_credential (&tag, ret_credential);
  return true;
}
