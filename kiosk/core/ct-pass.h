// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Our own pass: a random id, signed by the venue or by the tracing core, printed on a slip or shown
// on a phone.
//
// The text is "TX1:" and the base32 (ct-base32.h) of these bytes, numbers big-endian:
//
//    0   1  id of the signing key
//    1   1  form: 0 static, 1 dynamic
//    2  16  pass id, random
//   18   4  first minute of validity, minutes since 1970 UTC
//   22   4  last minute of validity
//   26   4  dynamic only: the step it was made in, 30 s each since 1970 UTC
//   26 or 30, 64  Ed25519 signature
//
// What is signed is "tramxanh/pass/v1", a NUL, and the bytes before the signature. The digit in
// "TX1:" is the version of all of this. A dynamic pass is made anew every step by whoever holds the
// key (the visitor's app asks for it), so that a picture of it is worth a minute at most; a pass
// carries nothing about the person.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kiosk/core/ct-base32.h"

#define CT_PASS_ID_LEN        16
#define CT_PASS_STEP_S        30
#define CT_PASS_SIGNATURE_LEN 64
#define CT_PASS_MESSAGE_MAX   (17 + 30) // bytes to sign
#define CT_PASS_TEXT_SIZE     (4 + CT_BASE32_LEN (30 + CT_PASS_SIGNATURE_LEN) + 1)

// A dynamic pass is of this minute from two steps before the kiosk's own to one after it.
#define CT_PASS_STEPS_BEHIND 2
#define CT_PASS_STEPS_AHEAD  1

struct ct_pass {
  uint8_t key_id;
  bool dynamic;
  uint8_t id[CT_PASS_ID_LEN];
  uint32_t first_min; // minutes since 1970 UTC
  uint32_t last_min;  // the pass is valid during this minute too
  uint32_t step;      // dynamic only, 0 otherwise
};

// The bytes to sign; returns how many.
size_t ct_pass_write_message (const struct ct_pass *pass, uint8_t ret_message[CT_PASS_MESSAGE_MAX]);

// The text of the code, terminated.
void ct_pass_write (const struct ct_pass *pass,
                    const uint8_t signature[CT_PASS_SIGNATURE_LEN],
                    char ret_text[CT_PASS_TEXT_SIZE]);
