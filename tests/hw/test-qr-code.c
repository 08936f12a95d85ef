// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Codes read from their modules: every version and level against libqrencode, damage up to the
// limit, no guess beyond it.

#include "hw/hw-qr-code.h"
#include "hw/hw-qr-correct.h"

#include <glib.h>
#include <qrencode.h>
#include <string.h>

#define SIDE_MAX 177

typedef struct {
  HwQrCode code;
  float darkness[SIDE_MAX * SIDE_MAX];
} Fixture;

static void
fill (float *darkness, const QRcode *code, gboolean mirrored)
{
  int n = code->width;
  for (int row = 0; row < n; row++)
    for (int column = 0; column < n; column++) {
      gboolean dark = code->data[row * n + column] & 1;
      darkness[mirrored ? column * n + row : row * n + column] = dark ? 0.8f : -0.8f;
    }
}

// Draws and frees `input`. Returns the modules along one side.
static int
encode (Fixture *fixture, QRinput *input, gboolean mirrored)
{
  QRcode *code = QRcode_encodeInput (input);
  g_assert_nonnull (code);
  int modules = code->width;
  fill (fixture->darkness, code, mirrored);
  QRcode_free (code);
  QRinput_free (input);
  return modules;
}

static QRinput *
input_of (int version, QRecLevel level, QRencodeMode mode, const void *bytes, gsize len)
{
  QRinput *input = QRinput_new2 (version, level);
  g_assert_nonnull (input);
  g_assert_cmpint (QRinput_append (input, mode, (int) len, bytes), ==, 0);
  return input;
}

static void
assert_reads (Fixture *fixture, int modules, const void *bytes, gsize len)
{
  g_assert_true (hw_qr_code_read (&fixture->code, fixture->darkness, modules));
  g_assert_cmpmem (fixture->code.payload, fixture->code.payload_len, bytes, len);
}

static void
test_versions (Fixture *fixture, gconstpointer user_data)
{
  for (int version = 1; version <= 40; version++)
    for (int level = QR_ECLEVEL_L; level <= QR_ECLEVEL_H; level++) {
      QRinput *input = input_of (version, (QRecLevel) level, QR_MODE_NUM, "0123456", 7);
      int modules = encode (fixture, input, version % 2 == 1);
      g_assert_cmpint (modules, ==, 17 + 4 * version);
      assert_reads (fixture, modules, "0123456", 7);
    }
}

static void
test_fullest (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *digits = g_malloc (7089);
  memset (digits, '7', 7089);
  QRinput *input = input_of (40, QR_ECLEVEL_L, QR_MODE_NUM, digits, 7089);
  assert_reads (fixture, encode (fixture, input, FALSE), digits, 7089);
}

static void
test_modes (Fixture *fixture, gconstpointer user_data)
{
  static const struct {
    QRencodeMode mode;
    const char *bytes;
    gsize len;
  } cases[] = {
    { QR_MODE_NUM, "0", 1 },
    { QR_MODE_NUM, "01", 2 },
    { QR_MODE_NUM, "00100200345", 11 },
    { QR_MODE_AN, "A", 1 },
    { QR_MODE_AN, "HC1:% $*+-./", 12 },
    { QR_MODE_8, "Nguyễn Thị Ánh Tuyết", 27 },
    { QR_MODE_8, "nul\0nul\0", 8 },
    { QR_MODE_KANJI, "\x93\x5f\xe4\xaa", 4 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int version = 5; version <= 35; version += 10) {
      QRinput *input =
          input_of (version, QR_ECLEVEL_M, cases[i].mode, cases[i].bytes, cases[i].len);
      int modules = encode (fixture, input, FALSE);
      assert_reads (fixture, modules, cases[i].bytes, cases[i].len);
    }
}

static void
test_character_sets (Fixture *fixture, gconstpointer user_data)
{
  QRinput *latin = QRinput_new2 (3, QR_ECLEVEL_M);
  g_assert_cmpint (QRinput_appendECIheader (latin, 3), ==, 0);
  g_assert_cmpint (QRinput_append (latin, QR_MODE_8, 2, (const guchar *) "L\xea"), ==, 0);
  assert_reads (fixture, encode (fixture, latin, FALSE), "Lê", 3);

  QRinput *utf8 = QRinput_new2 (3, QR_ECLEVEL_M);
  g_assert_cmpint (QRinput_appendECIheader (utf8, 26), ==, 0);
  g_assert_cmpint (QRinput_append (utf8, QR_MODE_8, 3, (const guchar *) "Lê"), ==, 0);
  assert_reads (fixture, encode (fixture, utf8, FALSE), "Lê", 3);
}

// Turns round modules of the data area: the first `n_words` code words get a wrong bit each.
static void
damage_words (Fixture *fixture, int modules, int n_words)
{
  for (int i = 0; i < n_words; i++) {
    // Two columns from the right, upwards: four rows a word.
    float *module = &fixture->darkness[(modules - 1 - 4 * i) * modules + modules - 1];
    *module = -*module;
  }
}

static void
test_damage (Fixture *fixture, gconstpointer user_data)
{
  // 1-H: 17 check bytes, one kept for proof: 8 errors; two columns hold the first 3 words and
  // version 1 has room for 12 rows.
  static const struct {
    QRecLevel level;
    int n_words;
    gboolean readable;
  } cases[] = {
    { QR_ECLEVEL_L, 2, TRUE },
    { QR_ECLEVEL_L, 3, FALSE },
    { QR_ECLEVEL_H, 3, TRUE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    QRinput *input = input_of (1, cases[i].level, QR_MODE_8, "door 7", 6);
    int modules = encode (fixture, input, FALSE);
    damage_words (fixture, modules, cases[i].n_words);
    g_assert_true (hw_qr_code_read (&fixture->code, fixture->darkness, modules) ==
                   cases[i].readable);
  }
}

// Whether a code is read when every fourth module of its `n_columns` last columns is turned round.
static gboolean
bears (Fixture *fixture, const char *text, int n_columns, float factor)
{
  QRinput *input = input_of (3, QR_ECLEVEL_M, QR_MODE_8, text, strlen (text));
  int modules = encode (fixture, input, FALSE);
  for (int row = 12; row < modules; row += 4)
    for (int column = modules - n_columns; column < modules; column++)
      fixture->darkness[row * modules + column] *= factor;
  if (!hw_qr_code_read (&fixture->code, fixture->darkness, modules))
    return FALSE;
  g_assert_cmpmem (fixture->code.payload, fixture->code.payload_len, text, strlen (text));
  return TRUE;
}

static void
test_doubt_helps (Fixture *fixture, gconstpointer user_data)
{
  static const char text[] = "a symbol with more damage than it bears";
  int n_columns = 1;
  while (n_columns < 20 && bears (fixture, text, n_columns, -1))
    n_columns++;
  g_assert_cmpint (n_columns, >, 4);
  g_assert_cmpint (n_columns, <, 20);
  g_assert_true (bears (fixture, text, n_columns, -0.02f));
}

static void
test_noise (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  for (int round = 0; round < 20000; round++) {
    int modules = 21 + 4 * (round % 3);
    for (int i = 0; i < modules * modules; i++)
      fixture->darkness[i] = (float) g_rand_double_range (rand, -1, 1);
    g_assert_false (hw_qr_code_read (&fixture->code, fixture->darkness, modules));
  }
}

static void
test_correction_limits (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  for (int round = 0; round < 2000; round++) {
    // The zero word is a code word, so what is added is the error.
    int n_check = 2 * g_rand_int_range (rand, 1, 16),
        len = g_rand_int_range (rand, n_check + 1, 256);
    int n_doubtful = g_rand_int_range (rand, 0, n_check + 1), doubtful[HW_QR_CHECK_BYTES_MAX];
    int n_unknown = (n_check - n_doubtful) / 2;
    guint8 block[255] = { 0 };
    for (int i = 0; i < n_doubtful + n_unknown && i < len; i++) {
      int place = (i * 7 + round) % len;
      while (block[place] != 0)
        place = (place + 1) % len;
      block[place] = (guint8) g_rand_int_range (rand, 1, 256);
      if (i < n_doubtful)
        doubtful[i] = place;
    }
    if (n_doubtful + n_unknown > len)
      continue;
    guint8 zero[255] = { 0 };
    g_assert_true (hw_qr_correct (block, len, n_check, doubtful, n_doubtful, 0));
    g_assert_cmpmem (block, 255, zero, 255);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/hw/qr-code/" name, Fixture, NULL, NULL, test, NULL)
  ADD ("reads-every-version-and-level", test_versions);
  ADD ("reads-the-fullest-code", test_fullest);
  ADD ("reads-every-mode", test_modes);
  ADD ("honours-a-named-character-set", test_character_sets);
  ADD ("corrects-damage-up-to-its-limit", test_damage);
  ADD ("corrects-more-where-modules-are-grey", test_doubt_helps);
  ADD ("reads-nothing-in-noise", test_noise);
  g_test_add_func ("/hw/qr-code/corrects-blocks-up-to-the-limit", test_correction_limits);
  return g_test_run ();
}
