// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every message has both languages, in the form that the screen and a screen reader need.

#include "kiosk/ui/ui-messages.h"

static void
check (const char *text, gboolean is_sentence, glong max_chars)
{
  g_autofree char *nfc = g_utf8_normalize (text, -1, G_NORMALIZE_NFC);
  g_assert_cmpstr (text, ==, nfc);
  g_assert_cmpint (g_utf8_strlen (text, -1), >=, 2);
  g_assert_cmpint (g_utf8_strlen (text, -1), <=, max_chars);
  g_assert_true (g_unichar_isupper (g_utf8_get_char (text)));
  g_assert_cmpint (g_str_has_suffix (text, "."), ==, is_sentence);
  g_assert_null (strstr (text, "  "));
}

static void
test_texts (void)
{
  for (guint i = ENTRANCE_MESSAGE_NONE + 1; i < ENTRANCE_N_MESSAGES; i++) {
    const UiMessage *message = ui_message_get ((EntranceMessage) i);
    check (message->title_vi, FALSE, 24);
    check (message->title_en, FALSE, 28);
    check (message->advice_vi, TRUE, 64);
    check (message->advice_en, TRUE, 64);
  }
}

static void
test_says_what_to_do (void)
{
  for (guint i = ENTRANCE_MESSAGE_NONE + 1; i < ENTRANCE_N_MESSAGES; i++)
    for (guint j = i + 1; j < ENTRANCE_N_MESSAGES; j++)
      g_assert_cmpstr (ui_message_get ((EntranceMessage) i)->title_vi, !=,
                       ui_message_get ((EntranceMessage) j)->title_vi);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/messages/are-whole-sentences-in-nfc", test_texts);
  g_test_add_func ("/ui/messages/no-two-say-the-same", test_says_what_to_do);
  return g_test_run ();
}
