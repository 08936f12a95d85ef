// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Base32 of RFC 4648, upper case and without padding: every character is in the alphanumeric mode
// of QR codes.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kiosk/core/ct-span.h"

#define CT_BASE32_LEN(n_bytes) (((n_bytes) *8 + 4) / 5)

// Writes CT_BASE32_LEN (n) characters and a terminator.
void ct_base32_write (const uint8_t *bytes, size_t n, char *ret_text);

// Strict: one text for each sequence of bytes. False for other characters, impossible lengths,
// unused bits that are not zero, and more than `size` bytes.
bool ct_base32_read (struct ct_span text, uint8_t *ret_bytes, size_t size, size_t *ret_n);
