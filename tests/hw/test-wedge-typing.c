// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a scanner types, read back; and what nobody may type at an entrance.

#include <linux/input-event-codes.h>
#include <string.h>

#include "hw/hw-wedge-typing.h"
#include "tests/keyboard/keyboard.h"

#define CARD "079090012345||Nguyễn Văn An|15081990|Nam|Hà Tĩnh|10052021"
#define KEYS                                                                                       \
  "`1234567890-=~!@#$%^&*()_+ qwertyuiop[]\\QWERTYUIOP{}| asdfghjkl;'ASDFGHJKL:\" "                \
  "zxcvbnm,./ZXCVBNM<>?"

typedef struct {
  HwWedgeTyping typing;
  GPtrArray *codes;  // of char*
  GString *refusals; // words with blanks between
} Desk;

static void
desk_init (Desk *desk, HwWedgeEnd end, const char *prefix)
{
  hw_wedge_typing_init (&desk->typing, end, prefix);
  desk->codes = g_ptr_array_new_with_free_func (g_free);
  desk->refusals = g_string_new (NULL);
}

static void
desk_clear (Desk *desk)
{
  g_ptr_array_unref (desk->codes);
  g_string_free (desk->refusals, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Desk, desk_clear)

static void
take (Desk *desk, HwTyped typed)
{
  if (typed == HW_TYPED_CODE) {
    g_autoptr (GBytes) code = hw_wedge_typing_take (&desk->typing);
    gsize len = 0;
    const char *text = g_bytes_get_data (code, &len);
    g_ptr_array_add (desk->codes, g_strndup (len > 0 ? text : "", len));
  } else if (typed != HW_TYPED_NOTHING) {
    g_string_append_printf (desk->refusals, "%s%s", desk->refusals->len > 0 ? " " : "",
                            hw_typed_to_string (typed));
  }
}

static void
on_key (guint key, gboolean is_down, gpointer user_data)
{
  Desk *desk = user_data;
  take (desk, hw_wedge_typing_key (&desk->typing, key, is_down));
}

static void
assert_only_code (const Desk *desk, const char *code)
{
  g_assert_cmpstr (desk->refusals->str, ==, "");
  g_assert_cmpuint (desk->codes->len, ==, 1);
  g_assert_cmpstr (desk->codes->pdata[0], ==, code);
}

static void
test_reads_back (void)
{
  static const struct {
    const char *typed;
    KeyboardWay way;
    const char *code;
  } texts[] = {
    { KEYS "\n", KEYBOARD_ALT_POINTS, KEYS },
    { KEYS "\n", KEYBOARD_CAPS_LOCK, KEYS },
    { CARD "\n", KEYBOARD_ALT_POINTS, CARD },
    { CARD "\n", KEYBOARD_ALT_BYTES, CARD },
    { CARD "\n", KEYBOARD_CAPS_LOCK, CARD },
    { "Nguye\xCC\x82\xCC\x83n\n", KEYBOARD_ALT_BYTES, "Nguye\xCC\x82\xCC\x83n" }, // decomposed
    { "H\xE0 T\xF4n\n", KEYBOARD_ALT_BYTES, "Hà Tôn" }, // Latin-1: code points
    { "A\xF0\x9F\x98\x80\n", KEYBOARD_ALT_POINTS, "A\xF0\x9F\x98\x80" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_auto (Desk) desk;
    desk_init (&desk, HW_WEDGE_END_ENTER, NULL);
    keyboard_type (texts[i].typed, texts[i].way, on_key, &desk);
    assert_only_code (&desk, texts[i].code);
  }
}

static void
test_keypad (void)
{
  static const guint keys[] = { KEY_NUMLOCK,    KEY_KP7,    KEY_KP8, KEY_KP9,    KEY_KPMINUS,
                                KEY_KP4,        KEY_KP5,    KEY_KP6, KEY_KPPLUS, KEY_KP1,
                                KEY_KP2,        KEY_KP3,    KEY_KP0, KEY_KPDOT,  KEY_KPSLASH,
                                KEY_KPASTERISK, KEY_KPENTER };
  g_auto (Desk) desk;
  desk_init (&desk, HW_WEDGE_END_ENTER, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    keyboard_tap (keys[i], on_key, &desk);
  assert_only_code (&desk, "789-456+1230./*");
}

static void
test_ends (void)
{
  static const struct {
    HwWedgeEnd end;
    const char *typed;
    const char *codes; // joined by "/"
    const char *refusals;
  } ends[] = {
    { HW_WEDGE_END_ENTER, "one\ntwo\n", "one/two", "" },
    { HW_WEDGE_END_ENTER, "\n\n", "", "" },
    { HW_WEDGE_END_ENTER, "on\te\ntwo\n", "two", "control" },
    { HW_WEDGE_END_ENTER, "never ends", "", "cut" },
    { HW_WEDGE_END_TAB, "one\ttwo\t", "one/two", "" },
    { HW_WEDGE_END_TAB, "BEGIN:VCARD\nEND:VCARD\n\t", "BEGIN:VCARD\nEND:VCARD\n", "" },
    { HW_WEDGE_END_TAB, "never ends\n", "", "cut" },
    { HW_WEDGE_END_SILENCE, "one", "one", "" },
    { HW_WEDGE_END_SILENCE, "BEGIN:VCARD\nEND:VCARD\n", "BEGIN:VCARD\nEND:VCARD\n", "" },
    { HW_WEDGE_END_SILENCE, "on\te", "", "control" },
    { HW_WEDGE_END_SILENCE, "", "", "" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_auto (Desk) desk;
    desk_init (&desk, ends[i].end, NULL);
    keyboard_type (ends[i].typed, KEYBOARD_ALT_POINTS, on_key, &desk);
    take (&desk, hw_wedge_typing_silence (&desk.typing));
    g_ptr_array_add (desk.codes, NULL);
    g_autofree char *codes = g_strjoinv ("/", (char **) desk.codes->pdata);
    g_assert_cmpstr (codes, ==, ends[i].codes);
    g_assert_cmpstr (desk.refusals->str, ==, ends[i].refusals);
  }
}

static void
test_refuses_commands (void)
{
  static const guint chords[][4] = {
    { KEY_LEFTCTRL, KEY_C },
    { KEY_RIGHTCTRL, KEY_RIGHTBRACE }, // GS, as scanners send it
    { KEY_LEFTCTRL, KEY_LEFTALT, KEY_DELETE },
    { KEY_LEFTALT, KEY_F4 },
    { KEY_LEFTALT, KEY_TAB },
    { KEY_RIGHTALT, KEY_E },
    { KEY_LEFTCTRL, KEY_LEFTALT, KEY_KP1 },
    { KEY_LEFTMETA, KEY_R },
    { KEY_LEFTCTRL, KEY_ENTER },
    { KEY_F1 },
    { KEY_ESC },
    { KEY_BACKSPACE },
    { KEY_DELETE },
    { KEY_UP },
    { KEY_SYSRQ },
    { KEY_POWER },
    { KEY_102ND },
    { BTN_LEFT },
    { KEY_MAX },
  };
  for (guint i = 0; i < G_N_ELEMENTS (chords); i++) {
    g_auto (Desk) desk;
    desk_init (&desk, HW_WEDGE_END_ENTER, NULL);
    keyboard_type ("079090012345", KEYBOARD_ALT_POINTS, on_key, &desk);
    for (guint j = 0; j < 4 && chords[i][j] != 0; j++)
      on_key (chords[i][j], TRUE, &desk);
    for (guint j = 0; j < 4 && chords[i][j] != 0; j++)
      on_key (chords[i][j], FALSE, &desk);
    keyboard_type ("|An\nnext\n", KEYBOARD_ALT_POINTS, on_key, &desk);
    g_assert_cmpstr (desk.refusals->str, ==, "control");
    g_assert_cmpuint (desk.codes->len, ==, 1);
    g_assert_cmpstr (desk.codes->pdata[0], ==, "next");
  }
}

static void
test_refuses_numbers_that_are_no_characters (void)
{
  static const char *const numbers[] = { "7",     "27",      "0",        "127",
                                         "55296", "1114112", "00000065", "99999999" };
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_auto (Desk) desk;
    desk_init (&desk, HW_WEDGE_END_ENTER, NULL);
    on_key (KEY_LEFTALT, TRUE, &desk);
    for (const char *at = numbers[i]; *at != '\0'; at++) {
      static const guint keypad[] = { KEY_KP0, KEY_KP1, KEY_KP2, KEY_KP3, KEY_KP4,
                                      KEY_KP5, KEY_KP6, KEY_KP7, KEY_KP8, KEY_KP9 };
      keyboard_tap (keypad[*at - '0'], on_key, &desk);
    }
    on_key (KEY_LEFTALT, FALSE, &desk);
    keyboard_tap (KEY_ENTER, on_key, &desk);
    g_test_message ("%s", numbers[i]);
    g_assert_cmpstr (desk.refusals->str, ==, "control");
  }
  // 0x80 to 0x9f, which is neither UTF-8 nor a printable code point
  g_auto (Desk) desk;
  desk_init (&desk, HW_WEDGE_END_ENTER, NULL);
  keyboard_type ("A\x85\n", KEYBOARD_ALT_BYTES, on_key, &desk);
  g_assert_cmpstr (desk.refusals->str, ==, "control");
}

static void
test_bounds_a_code (void)
{
  static const struct {
    gsize n;
    const char *unit;
    const char *refusals;
  } lengths[] = {
    { HW_WEDGE_CODE_MAX, "x", "" },
    { HW_WEDGE_CODE_MAX + 1, "x", "too-long" },
    { 3 * HW_WEDGE_CODE_MAX, "x", "too-long" },
    { HW_WEDGE_CODE_MAX / 3, "ễ", "" },
    { HW_WEDGE_CODE_MAX / 3 + 1, "ễ", "too-long" }, // in bytes, not in characters
  };
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
    g_auto (Desk) desk;
    desk_init (&desk, HW_WEDGE_END_ENTER, NULL);
    for (gsize n = 0; n < lengths[i].n; n++)
      keyboard_type (lengths[i].unit, KEYBOARD_ALT_POINTS, on_key, &desk);
    keyboard_type ("\nnext\n", KEYBOARD_ALT_POINTS, on_key, &desk);
    g_assert_cmpstr (desk.refusals->str, ==, lengths[i].refusals);
    g_assert_cmpstr (desk.codes->pdata[desk.codes->len - 1], ==, "next");
    g_assert_cmpuint (desk.codes->len, ==, lengths[i].refusals[0] == '\0' ? 2 : 1);
  }
}

static void
test_prefix (void)
{
  static const struct {
    const char *typed, *codes, *refusals;
  } texts[] = {
    { "]Q1079\n", "079", "" },    { "]Q1]Q1\n", "]Q1", "" },   { "]Q1\n", "", "" },
    { "079\n", "", "no-prefix" }, { "]Q\n", "", "no-prefix" }, { " ]Q1079\n", "", "no-prefix" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_auto (Desk) desk;
    desk_init (&desk, HW_WEDGE_END_ENTER, "]Q1");
    keyboard_type (texts[i].typed, KEYBOARD_ALT_POINTS, on_key, &desk);
    g_assert_cmpstr (desk.codes->len > 0 ? desk.codes->pdata[0] : "", ==, texts[i].codes);
    g_assert_cmpstr (desk.refusals->str, ==, texts[i].refusals);
  }
}

// Whatever was lost may be the middle of a number: no code without all of its keys.
static void
test_lost_keys (void)
{
  g_auto (Desk) desk;
  desk_init (&desk, HW_WEDGE_END_ENTER, NULL);
  keyboard_type ("0790", KEYBOARD_ALT_POINTS, on_key, &desk);
  on_key (KEY_LEFTSHIFT, TRUE, &desk);
  hw_wedge_typing_lose (&desk.typing); // Shift went up meanwhile
  keyboard_type ("2345\n", KEYBOARD_ALT_POINTS, on_key, &desk);
  g_assert_cmpstr (desk.refusals->str, ==, "cut");
  keyboard_type ("next\n", KEYBOARD_ALT_POINTS, on_key, &desk);
  g_assert_cmpstr (desk.codes->pdata[0], ==, "next");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hw/wedge-typing/reads-back-what-was-typed", test_reads_back);
  g_test_add_func ("/hw/wedge-typing/knows-the-keypad", test_keypad);
  g_test_add_func ("/hw/wedge-typing/ends-a-code-as-configured", test_ends);
  g_test_add_func ("/hw/wedge-typing/refuses-commands", test_refuses_commands);
  g_test_add_func ("/hw/wedge-typing/refuses-numbers-that-are-no-characters",
                   test_refuses_numbers_that_are_no_characters);
  g_test_add_func ("/hw/wedge-typing/bounds-a-code", test_bounds_a_code);
  g_test_add_func ("/hw/wedge-typing/believes-nothing-without-its-prefix", test_prefix);
  g_test_add_func ("/hw/wedge-typing/refuses-a-code-with-lost-keys", test_lost_keys);
  return g_test_run ();
}
