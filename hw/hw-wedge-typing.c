// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A keyboard as a table, and the few keys that are more than a character.

#define G_LOG_DOMAIN "hw-wedge-typing"

#include "hw/hw-wedge-typing.h"

#include <linux/input-event-codes.h>
#include <string.h>

#define ALT_DIGITS_MAX 7 // 1114111 is the last code point

enum {
  HELD_SHIFT = 1 << 0,
  HELD_RIGHT_SHIFT = 1 << 1,
  HELD_ALT = 1 << 2,
  HELD_RIGHT_ALT = 1 << 3,
  HELD_CONTROL = 1 << 4,
  HELD_RIGHT_CONTROL = 1 << 5,
};
#define ANY_SHIFT   (HELD_SHIFT | HELD_RIGHT_SHIFT)
#define ANY_ALT     (HELD_ALT | HELD_RIGHT_ALT)
#define ANY_CONTROL (HELD_CONTROL | HELD_RIGHT_CONTROL)

// clang-format off
static const struct {
  char plain, shifted;
} characters[] = {
  [KEY_1] = { '1', '!' }, [KEY_2] = { '2', '@' }, [KEY_3] = { '3', '#' }, [KEY_4] = { '4', '$' },
  [KEY_5] = { '5', '%' }, [KEY_6] = { '6', '^' }, [KEY_7] = { '7', '&' }, [KEY_8] = { '8', '*' },
  [KEY_9] = { '9', '(' }, [KEY_0] = { '0', ')' },
  [KEY_A] = { 'a', 'A' }, [KEY_B] = { 'b', 'B' }, [KEY_C] = { 'c', 'C' }, [KEY_D] = { 'd', 'D' },
  [KEY_E] = { 'e', 'E' }, [KEY_F] = { 'f', 'F' }, [KEY_G] = { 'g', 'G' }, [KEY_H] = { 'h', 'H' },
  [KEY_I] = { 'i', 'I' }, [KEY_J] = { 'j', 'J' }, [KEY_K] = { 'k', 'K' }, [KEY_L] = { 'l', 'L' },
  [KEY_M] = { 'm', 'M' }, [KEY_N] = { 'n', 'N' }, [KEY_O] = { 'o', 'O' }, [KEY_P] = { 'p', 'P' },
  [KEY_Q] = { 'q', 'Q' }, [KEY_R] = { 'r', 'R' }, [KEY_S] = { 's', 'S' }, [KEY_T] = { 't', 'T' },
  [KEY_U] = { 'u', 'U' }, [KEY_V] = { 'v', 'V' }, [KEY_W] = { 'w', 'W' }, [KEY_X] = { 'x', 'X' },
  [KEY_Y] = { 'y', 'Y' }, [KEY_Z] = { 'z', 'Z' },
  [KEY_MINUS] = { '-', '_' }, [KEY_EQUAL] = { '=', '+' }, [KEY_LEFTBRACE] = { '[', '{' },
  [KEY_RIGHTBRACE] = { ']', '}' }, [KEY_BACKSLASH] = { '\\', '|' }, [KEY_SEMICOLON] = { ';', ':' },
  [KEY_APOSTROPHE] = { '\'', '"' }, [KEY_GRAVE] = { '`', '~' }, [KEY_COMMA] = { ',', '<' },
  [KEY_DOT] = { '.', '>' }, [KEY_SLASH] = { '/', '?' }, [KEY_SPACE] = { ' ', ' ' },
  [KEY_KP0] = { '0', '0' }, [KEY_KP1] = { '1', '1' }, [KEY_KP2] = { '2', '2' },
  [KEY_KP3] = { '3', '3' }, [KEY_KP4] = { '4', '4' }, [KEY_KP5] = { '5', '5' },
  [KEY_KP6] = { '6', '6' }, [KEY_KP7] = { '7', '7' }, [KEY_KP8] = { '8', '8' },
  [KEY_KP9] = { '9', '9' }, [KEY_KPDOT] = { '.', '.' }, [KEY_KPMINUS] = { '-', '-' },
  [KEY_KPPLUS] = { '+', '+' }, [KEY_KPASTERISK] = { '*', '*' }, [KEY_KPSLASH] = { '/', '/' },
};
// clang-format on

static guint
modifier_of (guint key)
{
  switch (key) {
  case KEY_LEFTSHIFT:
    return HELD_SHIFT;
  case KEY_RIGHTSHIFT:
    return HELD_RIGHT_SHIFT;
  case KEY_LEFTALT:
    return HELD_ALT;
  case KEY_RIGHTALT:
    return HELD_RIGHT_ALT;
  case KEY_LEFTCTRL:
    return HELD_CONTROL;
  case KEY_RIGHTCTRL:
    return HELD_RIGHT_CONTROL;
  default:
    return 0;
  }
}

// The first fault of a code is the one that is told.
static void
spoil (HwWedgeTyping *self, HwTyped fault)
{
  if (self->fault == HW_TYPED_NOTHING)
    self->fault = fault;
}

static void
add (HwWedgeTyping *self, gunichar unit)
{
  if (self->n_units < G_N_ELEMENTS (self->units))
    self->units[self->n_units++] = unit;
  else
    spoil (self, HW_TYPED_TOO_LONG);
}

static gboolean
is_begun (const HwWedgeTyping *self)
{
  return self->n_units > 0 || self->fault != HW_TYPED_NOTHING;
}

// What the units mean, see the header. NULL: with control characters among the code points.
static GString *
write_text (const HwWedgeTyping *self)
{
  g_autoptr (GString) bytes = g_string_sized_new (self->n_units);
  guint n_bytes = 0;
  for (; n_bytes < self->n_units && self->units[n_bytes] <= 0xff; n_bytes++)
    g_string_append_c (bytes, (char) self->units[n_bytes]);
  if (n_bytes == self->n_units && g_utf8_validate (bytes->str, (gssize) bytes->len, NULL))
    return g_steal_pointer (&bytes);
  g_string_truncate (bytes, 0);
  for (guint i = 0; i < self->n_units; i++) {
    if (self->units[i] >= 0x7f && self->units[i] < 0xa0)
      return NULL;
    g_string_append_unichar (bytes, self->units[i]);
  }
  return g_steal_pointer (&bytes);
}

static gboolean
has_prefix (const HwWedgeTyping *self)
{
  gsize len = strlen (self->prefix);
  for (gsize i = 0; i < len; i++)
    if (i >= self->n_units || self->units[i] != (guint8) self->prefix[i])
      return FALSE;
  return TRUE;
}

static HwTyped
end_code (HwWedgeTyping *self)
{
  if (!is_begun (self))
    return HW_TYPED_NOTHING;
  HwTyped typed = self->fault != HW_TYPED_NOTHING ? self->fault
                  : has_prefix (self)             ? HW_TYPED_CODE
                                                  : HW_TYPED_NO_PREFIX;
  if (typed == HW_TYPED_CODE) {
    g_autoptr (GString) text = write_text (self);
    if (text == NULL)
      typed = HW_TYPED_CONTROL;
    else if (text->len > HW_WEDGE_CODE_MAX + strlen (self->prefix))
      typed = HW_TYPED_TOO_LONG;
    if (text != NULL)
      explicit_bzero (text->str, text->len); // somebody's identity
  }
  if (typed != HW_TYPED_CODE)
    hw_wedge_typing_forget (self);
  return typed;
}

// Alt was released: the number is a character.
static void
end_number (HwWedgeTyping *self)
{
  guint number = self->number;
  gboolean is_there = self->n_digits > 0;
  self->number = 0;
  self->n_digits = 0;
  if (!is_there)
    return;
  if (number < ' ' || number == 0x7f || !g_unichar_validate (number))
    spoil (self, HW_TYPED_CONTROL);
  else
    add (self, number);
}

static void
add_digit (HwWedgeTyping *self, guint digit)
{
  if (++self->n_digits > ALT_DIGITS_MAX)
    spoil (self, HW_TYPED_CONTROL);
  else
    self->number = self->number * 10 + digit;
}

static void
press (HwWedgeTyping *self, guint key)
{
  char plain = key < G_N_ELEMENTS (characters) ? characters[key].plain : '\0';
  gboolean is_keypad_digit = key >= KEY_KP7 && key <= KEY_KP0 && g_ascii_isdigit (plain);
  if ((self->held & ANY_ALT) != 0 && (self->held & ANY_CONTROL) == 0 && is_keypad_digit) {
    add_digit (self, (guint) (plain - '0'));
  } else if (plain == '\0' || (self->held & (ANY_ALT | ANY_CONTROL)) != 0) {
    spoil (self, HW_TYPED_CONTROL);
  } else {
    gboolean is_shifted = (self->held & ANY_SHIFT) != 0;
    if (self->is_caps && g_ascii_isalpha (plain))
      is_shifted = !is_shifted;
    add (self, (guint8) (is_shifted ? characters[key].shifted : plain));
  }
}

static gboolean
is_end (const HwWedgeTyping *self, guint key)
{
  if (self->held != 0)
    return FALSE; // a command, like Ctrl+Enter
  return (self->end == HW_WEDGE_END_ENTER && (key == KEY_ENTER || key == KEY_KPENTER)) ||
         (self->end == HW_WEDGE_END_TAB && key == KEY_TAB);
}

HwTyped
hw_wedge_typing_key (HwWedgeTyping *self, guint key, gboolean is_down)
{
  guint modifier = modifier_of (key);
  if (modifier != 0) {
    self->held = is_down ? self->held | modifier : self->held & ~modifier;
    if ((self->held & ANY_ALT) == 0)
      end_number (self);
  } else if (!is_down || key == KEY_NUMLOCK) {
    return HW_TYPED_NOTHING; // the keypad is always for digits
  } else if (key == KEY_CAPSLOCK) {
    self->is_caps = !self->is_caps;
  } else if (is_end (self, key)) {
    return end_code (self);
  } else if ((key == KEY_ENTER || key == KEY_KPENTER) && self->held == 0) {
    add (self, '\n');
  } else {
    press (self, key);
  }
  return HW_TYPED_NOTHING;
}

HwTyped
hw_wedge_typing_silence (HwWedgeTyping *self)
{
  if (self->end != HW_WEDGE_END_SILENCE && is_begun (self))
    spoil (self, HW_TYPED_CUT);
  return end_code (self);
}

void
hw_wedge_typing_lose (HwWedgeTyping *self)
{
  spoil (self, HW_TYPED_CUT);
  self->held = 0;
  self->number = 0;
  self->n_digits = 0;
}

GBytes *
hw_wedge_typing_take (HwWedgeTyping *self)
{
  g_autoptr (GString) text = write_text (self);
  g_return_val_if_fail (text != NULL && has_prefix (self), NULL);
  hw_wedge_typing_forget (self);
  gsize prefix_len = strlen (self->prefix);
  GBytes *code = g_bytes_new (text->str + prefix_len, text->len - prefix_len);
  explicit_bzero (text->str, text->len);
  return code;
}

void
hw_wedge_typing_forget (HwWedgeTyping *self)
{
  explicit_bzero (self->units, sizeof self->units[0] * self->n_units);
  self->n_units = 0;
  self->number = 0;
  self->n_digits = 0;
  self->fault = HW_TYPED_NOTHING;
}

void
hw_wedge_typing_init (HwWedgeTyping *self, HwWedgeEnd end, const char *prefix)
{
  *self = (HwWedgeTyping){ .end = end };
  if (prefix != NULL)
    (void) g_strlcpy (self->prefix, prefix, sizeof self->prefix);
}

const char *
hw_typed_to_string (HwTyped typed)
{
  static const char *const words[] = {
    [HW_TYPED_NOTHING] = "nothing",     [HW_TYPED_CODE] = "code",
    [HW_TYPED_CONTROL] = "control",     [HW_TYPED_TOO_LONG] = "too-long",
    [HW_TYPED_NO_PREFIX] = "no-prefix", [HW_TYPED_CUT] = "cut",
  };
  g_return_val_if_fail ((guint) typed < G_N_ELEMENTS (words), "nothing");
  return words[typed];
}
