// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kiosk/trace/trace-spelling.h"

// No letter before the first combining mark, and none of the Vietnamese ones, has another spelling
// in NFC.
#define FIRST_MARK       0x300
#define FIRST_VIETNAMESE 0x1EA0
#define LAST_VIETNAMESE  0x1EF9

#define SOFT_HYPHEN      0x00AD
#define ZERO_WIDTH_SPACE 0x200B
#define WORD_JOINER      0x2060
#define BYTE_ORDER_MARK  0xFEFF

static gboolean
takes_no_room (gunichar letter)
{
  return letter == SOFT_HYPHEN || letter == ZERO_WIDTH_SPACE || letter == WORD_JOINER ||
         letter == BYTE_ORDER_MARK;
}

static gboolean
is_plain (gunichar letter)
{
  return (letter < FIRST_MARK && letter != SOFT_HYPHEN && !g_unichar_isspace (letter)) ||
         (letter >= FIRST_VIETNAMESE && letter <= LAST_VIETNAMESE);
}

static gboolean
is_spelt (const char *text)
{
  gboolean after_space = TRUE;
  if (text[0] == '\0')
    return TRUE;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gboolean is_space = *at == ' ';
    if (is_space ? after_space : !is_plain (g_utf8_get_char (at)))
      return FALSE;
    after_space = is_space;
  }
  return !after_space;
}

const char *
trace_spelling_of (const char *text, GString *scratch)
{
  gboolean is_apart = FALSE;
  if (is_spelt (text))
    return text;
  g_string_truncate (scratch, 0);
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar letter = g_utf8_get_char (at);
    if (takes_no_room (letter))
      continue;
    if (g_unichar_isspace (letter)) {
      is_apart = scratch->len > 0;
      continue;
    }
    if (is_apart)
      g_string_append_c (scratch, ' ');
    is_apart = FALSE;
    g_string_append_unichar (scratch, letter);
  }
  g_autofree char *composed =
      g_utf8_normalize (scratch->str, (gssize) scratch->len, G_NORMALIZE_NFC);
  if (composed != NULL) // else it is no UTF-8, which whoever asks has seen
    g_string_assign (scratch, composed);
  return scratch->str;
}
