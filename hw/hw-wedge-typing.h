// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// From the keys of a keyboard-wedge scanner to the code that it read. Pure: no device, no clock.
// Key codes are taken for a US keyboard, whatever the system's layout is; set the scanner to that.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define HW_WEDGE_CODE_MAX   4296 // bytes; the most that a QR code holds
#define HW_WEDGE_PREFIX_MAX 16   // bytes

typedef enum {
  HW_WEDGE_END_ENTER,
  HW_WEDGE_END_TAB,
  HW_WEDGE_END_SILENCE,
} HwWedgeEnd;

// What a key, or the silence after it, amounts to.
typedef enum {
  HW_TYPED_NOTHING,   // go on
  HW_TYPED_CODE,      // a whole code
  HW_TYPED_CONTROL,   // refused: a control character or a command key ("BadBarcode")
  HW_TYPED_TOO_LONG,  // refused: over HW_WEDGE_CODE_MAX
  HW_TYPED_NO_PREFIX, // refused: does not begin as configured
  HW_TYPED_CUT,       // refused: keys were lost, or the end never came
} HwTyped;

typedef struct {
  HwWedgeEnd end;
  char prefix[HW_WEDGE_PREFIX_MAX + 1];

  guint held; // modifiers
  gboolean is_caps;
  guint number; // typed on the keypad while Alt is held
  guint n_digits;

  HwTyped fault; // of this code; NOTHING: none yet
  gunichar units[HW_WEDGE_CODE_MAX];
  guint n_units;
} HwWedgeTyping;

// @prefix: printable ASCII, at most HW_WEDGE_PREFIX_MAX bytes; NULL: none.
void hw_wedge_typing_init (HwWedgeTyping *self, HwWedgeEnd end, const char *prefix);

// A key (linux/input-event-codes.h) went down or up. Repeats are not told.
//
// Besides plain and shifted keys: Caps Lock, the keypad, and Alt with a number on the keypad, as
// scanners type what is on no key. The numbers of one code are the bytes of UTF-8 when they can be,
// else code points. Enter and Tab that do not end a code are a line end, or refused.
HwTyped hw_wedge_typing_key (HwWedgeTyping *self, guint key, gboolean is_down);

// Nothing was typed for a while: what was begun is whole, or will never be.
HwTyped hw_wedge_typing_silence (HwWedgeTyping *self);

// Keys were lost; whether modifiers are held is told anew as keys.
void hw_wedge_typing_lose (HwWedgeTyping *self);

// After HW_TYPED_CODE, before the next key: the bytes, without prefix and end. (transfer full)
GBytes *hw_wedge_typing_take (HwWedgeTyping *self);

// Forgets what was typed, not what is held.
void hw_wedge_typing_forget (HwWedgeTyping *self);

const char *hw_typed_to_string (HwTyped typed);

G_END_DECLS
