// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a visitor shows: bytes in, one verdict out. One table of readers, tried by shape; each
// reader is a file of its own. No I/O, no clock, no allocation: everything is copied into the
// caller's struct, so the payload may go away afterwards.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kiosk/core/ct-date.h"

#define CT_PAYLOAD_MAX 4296 // bytes; the most that a QR code holds (alphanumeric, version 40-L)
#define CT_SUBJECT_MAX 96   // bytes of a canonical identity, with its terminator
#define CT_NAME_MAX    256  // bytes of UTF-8 (NFC), without the terminator

// Numbers are stored in the journal: never renumber.
enum ct_kind {
  CT_KIND_NONE = 0,
  CT_KIND_CCCD = 1,       // citizen card of 2021
  CT_KIND_CAN_CUOC = 2,   // identity card since 2024-07-01
  CT_KIND_BHYT = 3,       // health-insurance card since 2021 (10-digit BHXH number)
  CT_KIND_BHYT_OLD = 4,   // health-insurance card before 2021 (15 characters)
  CT_KIND_QID = 5,        // national COVID QR, Decision 1405/QD-BTTTT
  CT_KIND_PASS = 6,       // our own signed pass
  CT_KIND_CARD = 7,       // the visitor's own vCard or MeCARD
  CT_KIND_VENUE_CODE = 8, // booking or ticket by a pattern of the venue's profile
  CT_KIND_TAG = 9,        // an enrolled tag that was held at the kiosk; has no code
};

// Why something is not a credential. Stable words: they are reason codes in logs and keys of the
// visitor's messages.
enum ct_refusal {
  CT_REFUSAL_NONE = 0,
  CT_REFUSAL_EMPTY,        // nothing but NULs and white space
  CT_REFUSAL_TOO_LONG,     // over the limit of its kind, or of any kind
  CT_REFUSAL_ENCODING,     // not UTF-8
  CT_REFUSAL_CONTROL,      // control, bidi or zero-width characters
  CT_REFUSAL_FORMAT,       // of a known kind, but its fields are wrong
  CT_REFUSAL_DATE,         // a date that does not exist, or lies outside a life
  CT_REFUSAL_ID,           // a number whose structure is wrong
  CT_REFUSAL_SIGNATURE,    // our pass, but the signature does not hold
  CT_REFUSAL_KEY,          // our pass, signed by a key we do not hold
  CT_REFUSAL_EXPIRED,      // our pass, out of its time
  CT_REFUSAL_VERSION,      // our pass, of a version we do not know
  CT_REFUSAL_LINK,         // a URL: we do not open links
  CT_REFUSAL_WIFI,         // Wi-Fi access: never logged, never joined
  CT_REFUSAL_PAYMENT,      // VietQR / EMVCo payment
  CT_REFUSAL_VENUE_POSTER, // a place's poster (CWA, NotifyMe, NZ, NHS, TousAntiCovid, luca): for
                           // visitors' phones, not for us
  CT_REFUSAL_HEALTH_PASS,  // HC1, SHC, VDS-NC: known, not read at this entrance yet
  CT_REFUSAL_SECRET,       // otpauth and the like: never logged
  CT_REFUSAL_UNKNOWN,      // readable text of no kind that we know
};

enum ct_freshness {
  CT_FRESHNESS_STATIC = 0, // the same bytes for years: replayable, weak evidence
  CT_FRESHNESS_SIGNED = 1, // signed, static
  CT_FRESHNESS_DYNAMIC = 2 // signed and of this minute
};

// Doubts that do not refuse anyone; bits.
enum ct_doubt {
  CT_DOUBT_SEX = 1 << 0,        // the number's sex digit and the sex field differ
  CT_DOUBT_BIRTH_YEAR = 1 << 1, // the number's year and the birth date differ
  CT_DOUBT_PARTIAL_DATE = 1 << 2,
  CT_DOUBT_MASKED = 1 << 3,     // fields were masked by the issuing app
  CT_DOUBT_CONFUSABLE = 1 << 4, // letters of another script that look like Latin
  CT_DOUBT_REPAIRED = 1 << 5,   // mojibake of a wrong ECI was undone
  CT_DOUBT_NO_CLOCK = 1 << 6,   // our pass, but without a clock nobody can say how old it is
};

struct ct_credential {
  enum ct_kind kind;
  enum ct_freshness freshness;
  unsigned doubts;              // bits of enum ct_doubt
  char subject[CT_SUBJECT_MAX]; // canonical identity of the kind, never the name:
                                // "cccd:079090012345", "bhxh:0123456789", "qid:162979388586171100",
                                // "pass:<hex>", "code:<text>", "card:<…>", "tag:<kind>:<hex>"
  char name[CT_NAME_MAX + 1];   // NFC, single spaces; empty when the kind has none
  struct ct_date born;
  struct ct_date issued;
  char sex;      // 'M', 'F' or 0 (unknown)
  bool is_staff; // a tag of the venue's staff
  uint32_t
      pass_step; // of a dynamic pass, see ct-pass.h: the same step again is a copy; 0 otherwise
};

// A venue's own booking or ticket codes: one glob-like pattern each, `#` digit, `@` letter, `?`
// either, `*` the rest.
struct ct_venue_patterns {
  const char *const *patterns; // valid during the call
  size_t n_patterns;
};

// Ed25519 over `message`; the core brings no cryptography of its own. True when the signature
// holds.
typedef bool (*ct_verify_fn) (const uint8_t key[32],
                              const uint8_t *message,
                              size_t message_len,
                              const uint8_t signature[64],
                              void *user_data);

struct ct_pass_key {
  uint8_t id;
  uint8_t key[32]; // Ed25519 public key
};

// Everything a reader may need besides the bytes. Zeroed is a valid context: no patterns, no pass
// keys, clock unset.
struct ct_read_context {
  struct ct_venue_patterns venue;
  const struct ct_pass_key *pass_keys;
  size_t n_pass_keys;
  ct_verify_fn verify; // NULL: every pass is refused with CT_REFUSAL_KEY
  void *verify_data;
  int64_t now_s; // seconds since 1970 UTC; 0 when the clock is unset
  bool clock_trusted;
};

// Reads `payload` of `len` bytes as a scanner delivered it.
//
// Returns CT_REFUSAL_NONE and fills `ret_credential`, or the reason why it is not a credential
// (then `ret_kind_hint`, when not NULL, says which kind it looked like, CT_KIND_NONE otherwise).
// `ret_credential` is untouched on refusal.
enum ct_refusal ct_credential_read (const struct ct_read_context *context,
                                    const uint8_t *payload,
                                    size_t len,
                                    struct ct_credential *ret_credential,
                                    enum ct_kind *ret_kind_hint);

// Stable lower-case words for logs and JSON, never NULL.
const char *ct_kind_to_string (enum ct_kind kind);
const char *ct_refusal_to_string (enum ct_refusal refusal);
const char *ct_freshness_to_string (enum ct_freshness freshness);
const char *ct_doubt_to_string (enum ct_doubt doubt); // one bit

// "Nguyễn Văn An" -> "N. V. An": initials of all words but the last. Never more than `size` bytes
// with the terminator; a single word becomes its initial ("An" -> "A."). Empty stays empty.
void ct_name_mask (const char *name, char *ret_masked, size_t size);
