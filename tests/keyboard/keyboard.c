// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/keyboard/keyboard.h"

#include <linux/input-event-codes.h>
#include <string.h>

// Each row from its leftmost key on; a key's number is one more than its left neighbour's.
static const struct {
  guint first_key;
  const char *plain, *shifted;
} rows[] = {
  { KEY_1, "1234567890-=", "!@#$%^&*()_+" },
  { KEY_Q, "qwertyuiop[]", "QWERTYUIOP{}" },
  { KEY_A, "asdfghjkl;'`", "ASDFGHJKL:\"~" },
  { KEY_BACKSLASH, "\\zxcvbnm,./", "|ZXCVBNM<>?" },
  { KEY_SPACE, " ", "" },
};

void
keyboard_tap (guint key, KeyboardKeyFn press, gpointer user_data)
{
  press (key, TRUE, user_data);
  press (key, FALSE, user_data);
}

static void
tap_with (guint modifier, guint key, KeyboardKeyFn press, gpointer user_data)
{
  press (modifier, TRUE, user_data);
  keyboard_tap (key, press, user_data);
  press (modifier, FALSE, user_data);
}

static void
type_ascii (char letter, KeyboardWay way, KeyboardKeyFn press, gpointer user_data)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const char *plain = strchr (rows[i].plain, letter);
    const char *shifted = strchr (rows[i].shifted, letter);
    if (plain != NULL) {
      keyboard_tap (rows[i].first_key + (guint) (plain - rows[i].plain), press, user_data);
    } else if (shifted != NULL) {
      guint key = rows[i].first_key + (guint) (shifted - rows[i].shifted);
      if (way != KEYBOARD_CAPS_LOCK || !g_ascii_isalpha (letter)) {
        tap_with (KEY_LEFTSHIFT, key, press, user_data);
        continue;
      }
      keyboard_tap (KEY_CAPSLOCK, press, user_data);
      keyboard_tap (key, press, user_data);
      keyboard_tap (KEY_CAPSLOCK, press, user_data);
    }
  }
}

static void
type_number (guint number, KeyboardKeyFn press, gpointer user_data)
{
  static const guint keypad[] = { KEY_KP0, KEY_KP1, KEY_KP2, KEY_KP3, KEY_KP4,
                                  KEY_KP5, KEY_KP6, KEY_KP7, KEY_KP8, KEY_KP9 };
  g_autofree char *digits = g_strdup_printf ("0%u", number);
  press (KEY_LEFTALT, TRUE, user_data);
  for (const char *at = digits; *at != '\0'; at++)
    keyboard_tap (keypad[*at - '0'], press, user_data);
  press (KEY_LEFTALT, FALSE, user_data);
}

void
keyboard_type (const char *text, KeyboardWay way, KeyboardKeyFn press, gpointer user_data)
{
  for (const char *at = text; *at != '\0';) {
    guint unit = way == KEYBOARD_ALT_BYTES ? (guint8) *at : g_utf8_get_char (at);
    at = way == KEYBOARD_ALT_BYTES ? at + 1 : g_utf8_next_char (at);
    if (unit == '\n')
      keyboard_tap (KEY_ENTER, press, user_data);
    else if (unit == '\t')
      keyboard_tap (KEY_TAB, press, user_data);
    else if (unit < ' ') {
      press (KEY_LEFTCTRL, TRUE, user_data);
      type_ascii (g_ascii_tolower ((char) (unit + '@')), way, press, user_data);
      press (KEY_LEFTCTRL, FALSE, user_data);
    } else if (unit < 0x7f)
      type_ascii ((char) unit, way, press, user_data);
    else
      type_number (unit, press, user_data);
  }
}
