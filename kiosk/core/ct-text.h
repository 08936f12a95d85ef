// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Hygiene of text from strangers: is it UTF-8, was it mangled on the way, and what of it may be
// stored and drawn as a name.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kiosk/core/ct-credential.h"
#include "kiosk/core/ct-span.h"

// Takes one character off the front of `rest`. False, and `rest` untouched, when it is empty or the
// bytes are not UTF-8 (overlong forms, surrogates and code points over U+10FFFF are not).
bool ct_utf8_next (struct ct_span *rest, uint32_t *ret_cp);

// Writes one character; returns its 1 to 4 bytes.
size_t ct_utf8_put (uint32_t cp, char ret_bytes[4]);

bool ct_utf8_is_valid (struct ct_span text);

// Control, bidi, zero-width and tag characters, and code points that are no characters at all.
bool ct_text_is_forbidden (uint32_t cp);

// True when no character of valid UTF-8 is forbidden, line ends and tabs aside.
bool ct_text_is_clean (struct ct_span text);

// Undoes one pass of "UTF-8 bytes taken for Latin-1", as a wrong ECI in the code causes it.
// `ret_bytes` has room for text.len. False when the text does not look like that; then it is left
// alone.
bool ct_text_repair (struct ct_span text, char *ret_bytes, size_t *ret_len);

// A person's name for storing and drawing: NFC, single spaces, no forbidden characters, at most 64
// letters and CT_NAME_MAX bytes. Adds CT_DOUBT_CONFUSABLE to `doubts`. The text must be valid
// UTF-8. An empty name is fine here. Returns CT_REFUSAL_NONE, _CONTROL or _TOO_LONG; then
// `ret_name` is untouched.
enum ct_refusal
ct_name_read (struct ct_span text, char ret_name[CT_NAME_MAX + 1], unsigned *doubts);
