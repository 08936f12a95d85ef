// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Enrolled tags as a configuration names them: "KIND:HEX ..." with blanks between, for example
// "ibeacon:e2c56db5dffb48d2b060d0f5a71096e000010002". The digits are the beacon's whole identifier.
// "KIND:HEX:staff" is a badge: its wearer is staff of the venue.

#pragma once

#include "kiosk/core/ct-beacon.h"
#include "kiosk/core/ct-credential.h"
#include "kiosk/core/ct-span.h"

#define CT_TAGS_MAX 256

// Returns how many, and fills @ret_tags; -1: a word is no tag, there is one twice, or too many.
int ct_tags_read (struct ct_span text, struct ct_beacon ret_tags[CT_TAGS_MAX]);

// Likewise which of them are the staff's.
int ct_tags_read_staff (struct ct_span text, bool ret_are_staff[CT_TAGS_MAX]);

// Its number; -1: it is none of them.
int ct_tags_find (const struct ct_beacon *tags, size_t n_tags, const struct ct_beacon *beacon);

// Is it of a kind that keeps its identifier, so that it can be enrolled?
bool ct_tag_is (const struct ct_beacon *beacon);
// What @advert is: of all that it is the one that is enrolled, else the first. Returns the tag's
// number; -1: it is none of them.
int ct_tags_read_advert (const struct ct_beacon *tags,
                         size_t n_tags,
                         const struct ct_advert *advert,
                         struct ct_beacon *ret_beacon);

#define CT_TAG_SPOOF_MS 60000
#define CT_TAG_SPOOF_N  3
#define CT_TAG_SUSPECTS 8

struct ct_tag_trail {
  uint8_t address[6];
  uint16_t tag;  // of a suspect: that it spoke for last
  int64_t at_ms; // 0: never; of a suspect: when it last spoke for another than before
};

// Zeroed at the beginning.
struct ct_tag_trails {
  struct ct_tag_trail tags[CT_TAGS_MAX]; // where each was heard from last
  struct ct_tag_trail suspects[CT_TAG_SUSPECTS];
};

// Tag @tag was heard from @address. False: that address spoke for more than CT_TAG_SPOOF_N tags
// within CT_TAG_SPOOF_MS; somebody plays them. It is believed nothing until it spoke for one and
// the same for so long: that may be the tag whose address was played.
bool ct_tag_follow (struct ct_tag_trails *trails,
                    size_t n_tags,
                    size_t tag,
                    const uint8_t address[6],
                    int64_t at_ms);

// Somebody holds it at the kiosk. A tag can be copied: it is static, as a card is.
void ct_tag_to_credential (const struct ct_beacon *tag, struct ct_credential *ret_credential);

// Of a tag that people name: "KIND:HEX", or as its subject is written, with "tag:" before it. Not
// for what is scanned at a kiosk: a code is no tag. False: it names none.
bool ct_tag_read_credential (struct ct_span text, struct ct_credential *ret_credential);
