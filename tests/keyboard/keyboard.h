// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The hand side of a keyboard: which keys a scanner presses to type a text on a US keyboard. Made
// from the rows as they are printed on the keys, not from the table that reads them.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  KEYBOARD_ALT_POINTS, // what is on no key: Alt and its code point
  KEYBOARD_ALT_BYTES,  // Alt and each byte of its UTF-8
  KEYBOARD_CAPS_LOCK,  // Alt and code points; capital letters with Caps Lock instead of Shift
} KeyboardWay;

typedef void (*KeyboardKeyFn) (guint key, gboolean is_down, gpointer user_data);

// @text: UTF-8, or any bytes with KEYBOARD_ALT_BYTES; '\n' is Enter, '\t' Tab; other control
// characters are Ctrl with a letter, as scanners send them.
void keyboard_type (const char *text, KeyboardWay way, KeyboardKeyFn press, gpointer user_data);

// Presses one key, and lets it go.
void keyboard_tap (guint key, KeyboardKeyFn press, gpointer user_data);

G_END_DECLS
