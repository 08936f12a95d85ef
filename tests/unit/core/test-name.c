// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Names: one sequence of bytes for one name, whatever keyboard wrote it; nothing that draws outside
// of its line; its mask. GLib's normalisation is the second opinion.

#include <glib.h>
#include <string.h>

#include "kiosk/core/ct-text.h"

// Every letter of the Vietnamese alphabet that carries a mark, 67 in each case.
static const char ACCENTED[] =
    "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
    "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴĐ";

static const char *const FAMILY_NAMES[] = { "Nguyễn", "Trần", "Lê",    "Phạm", "Huỳnh", "Hoàng",
                                            "Phan",   "Vũ",   "Võ",    "Đặng", "Bùi",   "Đỗ",
                                            "Hồ",     "Ngô",  "Dương", "Lý",   "Đoàn",  "Trịnh" };
static const char *const MIDDLE_NAMES[] = { "Văn",  "Thị", "Đức", "Ngọc",  "Hữu", "Quốc",  "Xuân",
                                            "Thuỳ", "Mỹ",  "Bảo", "Khánh", "Thế", "Tường", "Diễm" };
static const char *const GIVEN_NAMES[] = { "An",     "Bình",   "Cường", "Dũng",  "Đạt",
                                           "Hạnh",   "Hương",  "Khôi",  "Lượng", "Mẫn",
                                           "Nguyệt", "Phượng", "Quỳnh", "Sơn",   "Thắng",
                                           "Uyên",   "Vỹ",     "Yến",   "Kiệt",  "Hoằng" };

static enum ct_refusal
read_name (const char *text, char ret_name[CT_NAME_MAX + 1], unsigned *doubts)
{
  // An exact copy without a terminator, so that a sanitizer sees a read past the end.
  gsize len = strlen (text);
  g_autofree char *exact = g_memdup2 (text, len);
  return ct_name_read ((struct ct_span){ exact != NULL ? exact : "", len }, ret_name, doubts);
}

static void
assert_name (const char *text, const char *expected)
{
  char name[CT_NAME_MAX + 1];
  unsigned doubts = 0;
  g_assert_cmpint (read_name (text, name, &doubts), ==, CT_REFUSAL_NONE);
  g_assert_cmpstr (name, ==, expected);
}

static void
assert_refused (const char *text, enum ct_refusal refusal)
{
  char name[CT_NAME_MAX + 1] = "untouched";
  unsigned doubts = 0;
  g_assert_cmpstr (ct_refusal_to_string (read_name (text, name, &doubts)), ==,
                   ct_refusal_to_string (refusal));
  g_assert_cmpstr (name, ==, "untouched");
}

static void
test_composes_every_vietnamese_letter (void)
{
  guint n = 0;
  for (const char *at = ACCENTED; *at != '\0'; at = g_utf8_next_char (at), n++) {
    g_autofree char *composed = g_strndup (at, (gsize) (g_utf8_next_char (at) - at));
    g_autofree char *decomposed = g_utf8_normalize (composed, -1, G_NORMALIZE_NFD);
    assert_name (composed, composed);
    assert_name (decomposed, composed);
  }
  g_assert_cmpuint (n, ==, 134);
}

// Letter, shape and tone in every order, and with one of the two already composed.
static void
test_composes_the_two_marks_in_any_order (void)
{
  for (const char *at = ACCENTED; *at != '\0'; at = g_utf8_next_char (at)) {
    g_autofree char *composed = g_strndup (at, (gsize) (g_utf8_next_char (at) - at));
    g_autofree char *decomposed = g_utf8_normalize (composed, -1, G_NORMALIZE_NFD);
    g_autofree gunichar *letters = g_utf8_to_ucs4_fast (decomposed, -1, NULL);
    if (letters[0] == 0 || letters[1] == 0 || letters[2] == 0)
      continue;
    gunichar swapped[] = { letters[0], letters[2], letters[1], 0 };
    g_autofree char *other_order = g_ucs4_to_utf8 (swapped, -1, NULL, NULL, NULL);
    assert_name (other_order, composed);
    for (guint first = 1; first <= 2; first++) {
      gunichar partly[3] = { 0, letters[3 - first], 0 };
      if (!g_unichar_compose (letters[0], letters[first], &partly[0]))
        continue;
      g_autofree char *half = g_ucs4_to_utf8 (partly, -1, NULL, NULL, NULL);
      assert_name (half, composed);
    }
  }
}

static void
test_composes_ten_thousand_names (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20260615);
  for (guint i = 0; i < 10000; i++) {
    g_autofree char *composed = g_strdup_printf (
        "%s %s %s", FAMILY_NAMES[g_rand_int_range (random, 0, G_N_ELEMENTS (FAMILY_NAMES))],
        MIDDLE_NAMES[g_rand_int_range (random, 0, G_N_ELEMENTS (MIDDLE_NAMES))],
        GIVEN_NAMES[g_rand_int_range (random, 0, G_N_ELEMENTS (GIVEN_NAMES))]);
    g_autofree char *cased =
        g_rand_boolean (random) ? g_utf8_strup (composed, -1) : g_strdup (composed);
    g_autofree char *decomposed = g_utf8_normalize (cased, -1, G_NORMALIZE_NFD);
    g_autofree char *expected = g_utf8_normalize (cased, -1, G_NORMALIZE_NFC);
    assert_name (cased, expected);
    assert_name (decomposed, expected);
  }
}

// Any Latin letter with up to three marks comes out as Unicode says, except that a shape may follow
// its tone.
static void
test_agrees_with_glib_about_latin (void)
{
  static const gunichar marks[] = { 0x300, 0x301, 0x302, 0x303, 0x304, 0x306, 0x307, 0x308,
                                    0x309, 0x30A, 0x30B, 0x30C, 0x31B, 0x323, 0x324, 0x327,
                                    0x328, 0x32D, 0x331, 0x338, 0x345, 0x335 };
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  for (guint i = 0; i < 20000; i++) {
    gunichar text[5] = { 0 };
    gboolean letter_block = g_rand_boolean (random);
    text[0] = letter_block ? (gunichar) g_rand_int_range (random, 'A', '[')
                           : (gunichar) g_rand_int_range (random, 0xC0, 0x250);
    guint n = (guint) g_rand_int_range (random, 0, 4);
    gboolean shape = FALSE;
    for (guint j = 0; j < n; j++) {
      text[1 + j] = marks[g_rand_int_range (random, 0, G_N_ELEMENTS (marks))];
      shape = shape || text[1 + j] == 0x302 || text[1 + j] == 0x306;
    }
    g_autofree char *input = g_ucs4_to_utf8 (text, -1, NULL, NULL, NULL);
    g_autofree char *expected = g_utf8_normalize (input, -1, G_NORMALIZE_NFC);
    if (!shape)
      assert_name (input, expected);
  }
}

static void
test_keeps_single_spaces (void)
{
  assert_name ("  An  ", "An");
  assert_name ("Lê  Văn\u00A0\u2003\u3000An", "Lê Văn An");
  assert_name ("", "");
  assert_name (" \u00A0 ", "");
}

static void
test_refuses_what_must_not_be_drawn (void)
{
  static const gunichar forbidden[] = { 0x01,   0x09,    0x0A,    0x0D,    0x1B,   0x7F,   0x80,
                                        0x85,   0x9F,    0xAD,    0x61C,   0x200B, 0x200C, 0x200D,
                                        0x200E, 0x200F,  0x2028,  0x2029,  0x202A, 0x202E, 0x2060,
                                        0x2066, 0x2069,  0xFDD0,  0xFE0F,  0xFEFF, 0xFFF9, 0xFFFE,
                                        0xFFFF, 0x1FFFE, 0xE0041, 0x10FFFF };
  for (gsize i = 0; i < G_N_ELEMENTS (forbidden); i++) {
    char bytes[8] = { 0 };
    ct_utf8_put (forbidden[i], bytes);
    g_autofree char *name = g_strdup_printf ("An%sh", bytes);
    assert_refused (name, CT_REFUSAL_CONTROL);
  }
}

static void
test_counts_letters_as_people_do (void)
{
  g_autofree char *letters_64 = g_strnfill (64, 'a');
  g_autofree char *letters_65 = g_strnfill (65, 'a');
  assert_name (letters_64, letters_64);
  assert_refused (letters_65, CT_REFUSAL_TOO_LONG);

  g_autoptr (GString) decomposed = g_string_new (NULL), composed = g_string_new (NULL);
  for (guint i = 0; i < 64; i++) {
    g_string_append (decomposed, "u\u031B\u0323");
    g_string_append (composed, "ự");
  }
  assert_name (decomposed->str, composed->str); // 320 bytes become 192
  g_string_append (composed, "ự");
  assert_refused (composed->str, CT_REFUSAL_TOO_LONG);
}

static void
test_bounds_the_bytes_of_a_name (void)
{
  g_autoptr (GString) name = g_string_new (NULL);
  for (guint i = 0; i < 64; i++)
    g_string_append (name, "🙂"); // 4 bytes each
  assert_name (name->str, name->str);
  g_assert_cmpuint (name->len, ==, CT_NAME_MAX);
  g_string_truncate (name, name->len - 4);
  g_string_append (name, "a\u0335\u0336");
  assert_refused (name->str, CT_REFUSAL_TOO_LONG); // 257 bytes
}

static void
test_refuses_stacked_marks (void)
{
  g_autoptr (GString) zalgo = g_string_new ("a");
  for (guint i = 0; i < 200; i++)
    g_string_append_unichar (zalgo, 0x0316 + i % 8);
  assert_refused (zalgo->str, CT_REFUSAL_TOO_LONG);
  assert_name ("a\u0323\u0302\u0335\u0336", "ậ\u0335\u0336");
  assert_refused ("a\u0323\u0302\u0335\u0336\u0337", CT_REFUSAL_TOO_LONG);
}

static void
test_flags_letters_that_pretend (void)
{
  static const struct {
    const char *name;
    gboolean confusable;
  } names[] = {
    { "Nguyễn Văn An", FALSE },
    { "Аnh", TRUE },
    { "Иван Петров", FALSE },
    { "Ðỗ", TRUE },
    { "Ɖỗ", TRUE },
    { "Đỗ", FALSE },
    { "Αnna", TRUE },
    { "Άννα", FALSE },
    { "Ａn", TRUE },
    { "𝐀n", TRUE },
    { "王小明", FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    char name[CT_NAME_MAX + 1];
    unsigned doubts = CT_DOUBT_SEX;
    g_assert_cmpint (read_name (names[i].name, name, &doubts), ==, CT_REFUSAL_NONE);
    g_assert_cmphex (doubts, ==, CT_DOUBT_SEX | (names[i].confusable ? CT_DOUBT_CONFUSABLE : 0u));
  }
}

static void
test_masks_all_words_but_the_last (void)
{
  static const struct {
    const char *name, *masked;
  } names[] = {
    { "Nguyễn Văn An", "N. V. An" },
    { "Đỗ Ấu", "Đ. Ấu" },
    { "An", "A." },
    { "", "" },
    { "  ", "" },
    { " Lê  Tú ", "L. Tú" },
    { "u\u031B a", "u\u031B. a" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    char masked[64];
    ct_name_mask (names[i].name, masked, sizeof masked);
    g_assert_cmpstr (masked, ==, names[i].masked);
  }
}

static void
test_masks_within_the_room_there_is (void)
{
  for (gsize size = 1; size <= 16; size++) {
    g_autofree char *masked = g_malloc (size);
    ct_name_mask ("Đặng Ngọc Ấu", masked, size);
    g_assert_cmpuint (strlen (masked), <, size);
    g_assert_true (g_utf8_validate (masked, -1, NULL));
  }
  ct_name_mask ("An", NULL, 0);
}

static void
test_validates_utf8_as_glib_does (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  for (guint i = 0; i < 50000; i++) {
    char bytes[6];
    gsize len = (gsize) g_rand_int_range (random, 1, 6);
    for (gsize j = 0; j < len;
         j++) // lead and continuation bytes mostly; no NUL, which GLib refuses
      bytes[j] = (char) (j == 0 ? g_rand_int_range (random, 0xBF, 0x100)
                                : g_rand_int_range (random, 0x7F, 0xC3));
    g_assert_cmpint (ct_utf8_is_valid ((struct ct_span){ bytes, len }), ==,
                     g_utf8_validate_len (bytes, len, NULL));
  }
}

static void
test_writes_and_reads_every_code_point (void)
{
  for (guint32 cp = 0; cp <= 0x10FFFF; cp++) {
    if (cp >= 0xD800 && cp <= 0xDFFF)
      continue;
    char bytes[4];
    guint32 again = 0;
    struct ct_span rest = { bytes, ct_utf8_put (cp, bytes) };
    g_assert_true (ct_utf8_next (&rest, &again) && again == cp && rest.len == 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/name/composes-every-vietnamese-letter",
                   test_composes_every_vietnamese_letter);
  g_test_add_func ("/core/name/composes-the-two-marks-in-any-order",
                   test_composes_the_two_marks_in_any_order);
  g_test_add_func ("/core/name/composes-ten-thousand-names", test_composes_ten_thousand_names);
  g_test_add_func ("/core/name/agrees-with-glib-about-latin", test_agrees_with_glib_about_latin);
  g_test_add_func ("/core/name/keeps-single-spaces", test_keeps_single_spaces);
  g_test_add_func ("/core/name/refuses-what-must-not-be-drawn",
                   test_refuses_what_must_not_be_drawn);
  g_test_add_func ("/core/name/counts-letters-as-people-do", test_counts_letters_as_people_do);
  g_test_add_func ("/core/name/bounds-the-bytes-of-a-name", test_bounds_the_bytes_of_a_name);
  g_test_add_func ("/core/name/refuses-stacked-marks", test_refuses_stacked_marks);
  g_test_add_func ("/core/name/flags-letters-that-pretend", test_flags_letters_that_pretend);
  g_test_add_func ("/core/name/masks-all-words-but-the-last", test_masks_all_words_but_the_last);
  g_test_add_func ("/core/name/masks-within-the-room-there-is",
                   test_masks_within_the_room_there_is);
  g_test_add_func ("/core/name/validates-utf8-as-glib-does", test_validates_utf8_as_glib_does);
  g_test_add_func ("/core/name/writes-and-reads-every-code-point",
                   test_writes_and_reads_every_code_point);
  return g_test_run ();
}
