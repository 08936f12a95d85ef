// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Base32: the vectors of RFC 4648, and one text for each sequence of bytes.

#include <glib.h>
#include <string.h>

#include "kiosk/core/ct-base32.h"

static void
test_agrees_with_rfc_4648 (void)
{
  static const char *const vectors[][2] = {
    { "", "" },
    { "f", "MY" },
    { "fo", "MZXQ" },
    { "foo", "MZXW6" },
    { "foob", "MZXW6YQ" },
    { "fooba", "MZXW6YTB" },
    { "foobar", "MZXW6YTBOI" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++) {
    char text[32];
    guint8 bytes[16];
    size_t n = 99;
    ct_base32_write ((const guint8 *) vectors[i][0], strlen (vectors[i][0]), text);
    g_assert_cmpstr (text, ==, vectors[i][1]);
    g_assert_cmpuint (CT_BASE32_LEN (strlen (vectors[i][0])), ==, strlen (text));
    g_assert_true (ct_base32_read (ct_span_of (text), bytes, sizeof bytes, &n));
    g_assert_cmpmem (bytes, n, vectors[i][0], strlen (vectors[i][0]));
  }
}

static void
test_refuses_second_spellings (void)
{
  static const char *const wrong[] = { "A",        "ABC",     "ABCDEF", "MZ", "MZXR",
                                       "MZXW7",    "MZXW6YR", "my",     "M1", "M8",
                                       "MY======", "M Y",     "MÝ" };
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    guint8 bytes[16];
    size_t n = 99;
    g_test_message ("%s", wrong[i]);
    g_assert_false (ct_base32_read (ct_span_of (wrong[i]), bytes, sizeof bytes, &n));
    g_assert_cmpuint (n, ==, 99);
  }
}

static void
test_keeps_within_the_room (void)
{
  guint8 bytes[5];
  size_t n;
  g_assert_true (ct_base32_read (ct_span_of ("MZXW6YTB"), bytes, 5, &n));
  g_assert_false (ct_base32_read (ct_span_of ("MZXW6YTBOI"), bytes, 5, &n));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/base32/agrees-with-rfc-4648", test_agrees_with_rfc_4648);
  g_test_add_func ("/core/base32/refuses-second-spellings", test_refuses_second_spellings);
  g_test_add_func ("/core/base32/keeps-within-the-room", test_keeps_within_the_room);
  return g_test_run ();
}
