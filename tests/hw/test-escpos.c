// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What we send, read by a printer of another author; what printers answer.

#include "hw/hw-escpos.h"

#include <string.h>

#include "hw/hw-slip.h"
#include "tests/escpos/paper.h"

static const HwSlip SLIP = {
  .venue = "Bệnh viện Đa khoa Phường Thủ Đức – Khoa Khám bệnh",
  .time = "25/11/2026 08:12",
  .code = "TX1:AEAAAAAAAAAAAAAAAAAAAAAAAAAAAAHY4CQAB6HBEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
};

static void
send (Paper *paper, GBytes *bytes)
{
  gsize len = 0;
  const guint8 *at = g_bytes_get_data (bytes, &len);
  paper_take (paper, at, len);
  g_assert_cmpstr (paper->jam, ==, NULL);
}

static GBytes *
encode (cairo_surface_t *sheet)
{
  g_autoptr (GBytes) dots = hw_slip_pack (sheet);
  const HwEscposPicture picture = {
    .dots = g_bytes_get_data (dots, NULL),
    .stride = (guint) cairo_image_surface_get_width (sheet) / 8,
    .rows = (guint) cairo_image_surface_get_height (sheet),
  };
  return hw_escpos_slip (&picture);
}

static void
assert_same_picture (cairo_surface_t *a, cairo_surface_t *b)
{
  int width = cairo_image_surface_get_width (a), height = cairo_image_surface_get_height (a);
  g_assert_cmpint (cairo_image_surface_get_width (b), ==, width);
  g_assert_cmpint (cairo_image_surface_get_height (b), ==, height);
  guint n_different = 0;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      n_different += cairo_image_surface_get_data (a)[y * cairo_image_surface_get_stride (a) + x] !=
                     cairo_image_surface_get_data (b)[y * cairo_image_surface_get_stride (b) + x];
  g_assert_cmpuint (n_different, <=, 4); // dots that were left out for safety
}

static void
test_prints_the_slip_as_drawn (void)
{
  static const guint widths[] = { HW_SLIP_WIDTH_58_MM, HW_SLIP_WIDTH_80_MM };
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++) {
    g_autoptr (Paper) paper = paper_new (widths[i]);
    g_autoptr (GBytes) hello = hw_escpos_hello ();
    cairo_surface_t *sheet = hw_slip_draw (&SLIP, widths[i]);
    g_assert_nonnull (sheet);
    g_autoptr (GBytes) bytes = encode (sheet);
    send (paper, hello);
    send (paper, bytes);
    g_assert_cmpuint (paper->slips->len, ==, 1);
    assert_same_picture (sheet, paper->slips->pdata[0]);
    g_autofree char *code = paper_read_code (paper->slips->pdata[0]);
    g_assert_cmpstr (code, ==, SLIP.code);
    g_assert_cmpmem (paper->questions->data, paper->questions->len, "\x81", 1);
    g_assert_true (paper->reports_alone);
    cairo_surface_destroy (sheet);
  }
}

// Every Vietnamese letter has ink of its own: none is drawn as a box like the others.
static void
test_draws_vietnamese_letters (void)
{
  static const char *const pairs[][2] = {
    { "a", "ạ" }, { "ă", "ắ" }, { "â", "ậ" }, { "d", "đ" }, { "e", "ệ" },
    { "o", "ở" }, { "ơ", "ợ" }, { "u", "ữ" }, { "y", "ỵ" }, { "i", "ĩ" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    guint black[2];
    for (guint k = 0; k < 2; k++) {
      const HwSlip slip = { .venue = pairs[i][k], .time = "." };
      cairo_surface_t *sheet = hw_slip_draw (&slip, HW_SLIP_WIDTH_58_MM);
      black[k] = paper_count_black (sheet);
      cairo_surface_destroy (sheet);
    }
    g_test_message ("%s %s: %u %u", pairs[i][0], pairs[i][1], black[0], black[1]);
    g_assert_cmpuint (black[1], >, black[0]);
  }
}

static void
test_bounds_a_slip (void)
{
  g_autofree char *long_name = g_strnfill (4000, 'W');
  g_autofree char *long_code = g_strnfill (2000, 'a');
  const HwSlip tall = { .venue = long_name, .time = "x" };
  const HwSlip wide = { .venue = "x", .time = "x", .code = long_code };
  cairo_surface_t *sheet = hw_slip_draw (&tall, HW_SLIP_WIDTH_58_MM);
  g_assert_cmpint (cairo_image_surface_get_height (sheet), <, 300);
  cairo_surface_destroy (sheet);
  g_assert_null (hw_slip_draw (&wide, HW_SLIP_WIDTH_58_MM));

  static const guint8 dots[HW_ESCPOS_STRIDE_MAX * 2] = { 0 };
  g_assert_null (hw_escpos_slip (&(HwEscposPicture){ dots, 48, 0 }));
  g_assert_null (hw_escpos_slip (&(HwEscposPicture){ dots, 48, HW_ESCPOS_ROWS_MAX + 1 }));
  g_assert_null (hw_escpos_slip (&(HwEscposPicture){ dots, 0, 2 }));
  g_assert_null (hw_escpos_slip (&(HwEscposPicture){ dots, HW_ESCPOS_STRIDE_MAX + 1, 1 }));
}

// Markup and control sequences are letters like others.
static void
test_hostile_names_stay_a_picture (void)
{
  static const char *const names[] = {
    "\x1b@\x1dV\x42",   "\x10\x04\x01", "\x1bp\x01\x32\x32",
    "<b>x</b>",         "%s%n",         "a\nb\nc\nd\ne",
    "\xe2\x80\xae txt", "\x1d(E",       "",
  };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const HwSlip slip = { .venue = names[i], .time = "1", .code = "X" };
    g_autoptr (Paper) paper = paper_new (HW_SLIP_WIDTH_58_MM);
    cairo_surface_t *sheet = hw_slip_draw (&slip, HW_SLIP_WIDTH_58_MM);
    g_autoptr (GBytes) bytes = encode (sheet);
    send (paper, bytes);
    g_assert_cmpuint (paper->slips->len, ==, 1);
    cairo_surface_destroy (sheet);
  }
}

// 10 04, 10 05 and 10 14 would be obeyed in the middle of a picture.
static void
test_no_picture_holds_a_command (void)
{
  static const guint8 tempting[] = { 0x10, 0x04, 0x05, 0x14, 0x10, 0x01, 0x1b, 0x1d };
  g_autoptr (GRand) rand = g_rand_new_with_seed (35);
  guint n_commands_before = 0;
  for (guint i = 0; i < 10000; i++) {
    guint8 dots[48 * 30];
    for (guint k = 0; k < sizeof dots; k++)
      dots[k] = tempting[g_rand_int (rand) % G_N_ELEMENTS (tempting)];
    for (guint k = 0; k + 1 < sizeof dots; k++)
      n_commands_before += dots[k] == 0x10 && (dots[k + 1] == 0x04 || dots[k + 1] == 0x14);
    g_autoptr (GBytes) bytes = hw_escpos_slip (&(HwEscposPicture){ dots, 48, 30 });
    g_autoptr (Paper) paper = paper_new (384);
    send (paper, bytes);
    g_assert_cmpuint (paper->n_in_picture, ==, 0);
  }
  g_assert_cmpuint (n_commands_before, >, 10000);
}

// A slip whose second half never came must not swallow the next one, wherever it was cut off.
static void
test_half_a_slip_does_not_spoil_the_next (void)
{
  cairo_surface_t *sheet = hw_slip_draw (&SLIP, HW_SLIP_WIDTH_80_MM);
  g_autoptr (GBytes) bytes = encode (sheet);
  g_autoptr (GBytes) hello = hw_escpos_hello ();
  for (gsize at = 1; at < g_bytes_get_size (bytes) - 8; at += 97) {
    g_autoptr (Paper) paper = paper_new (HW_SLIP_WIDTH_80_MM);
    g_autoptr (GBytes) half = g_bytes_new_from_bytes (bytes, 0, at);
    paper_take (paper, g_bytes_get_data (half, NULL), at);
    // A header that was cut off takes NULs for its numbers, which a printer drops: we jam on it.
    if (paper->command_len > 0)
      continue;
    send (paper, hello);
    send (paper, bytes);
    g_assert_cmpuint (paper->slips->len, ==, 1);
    assert_same_picture (sheet, paper->slips->pdata[0]);
  }
  cairo_surface_destroy (sheet);
}

static void
test_reads_answers (void)
{
  static const struct {
    guint topic;
    guint8 answer;
    guint faults;
  } cases[] = {
    { 1, 0x12, 0 },
    { 1, 0x16, 0 }, // the drawer
    { 1, 0x1a, HW_ESCPOS_OFFLINE },
    { 2, 0x16, HW_ESCPOS_COVER_OPEN },
    { 2, 0x1a, 0 }, // somebody feeds paper
    { 2, 0x32, HW_ESCPOS_PAPER_OUT },
    { 2, 0x52, HW_ESCPOS_FAILED },
    { 3, 0x1a, HW_ESCPOS_CUTTER },
    { 3, 0x32, HW_ESCPOS_BROKEN },
    { 3, 0x52, HW_ESCPOS_PAUSED },
    { 4, 0x1e, HW_ESCPOS_PAPER_LOW },
    { 4, 0x7e, HW_ESCPOS_PAPER_LOW | HW_ESCPOS_PAPER_OUT },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    HwEscposStatus status = { 0 };
    guint8 question[HW_ESCPOS_ASK_LEN];
    hw_escpos_ask (&status, cases[i].topic, question);
    g_assert_cmpmem (question, sizeof question, ((guint8[]){ 0x10, 0x04, cases[i].topic }), 3);
    hw_escpos_take (&status, &cases[i].answer, 1);
    g_test_message ("topic %u answer %02x", cases[i].topic, cases[i].answer);
    g_assert_cmphex (hw_escpos_faults (&status), ==, cases[i].faults);
    g_assert_cmpuint (status.n_answers, ==, 1);
    g_assert_cmpuint (status.expected, ==, 0);
  }
}

static void
test_ignores_what_is_no_answer (void)
{
  static const guint8 noise[] = { 0x00, 0xff, 0x80, 0x11, 0x13, 0x93, 'H', 'T', 'T', 'P', 0x12 };
  HwEscposStatus status = { 0 };
  hw_escpos_take (&status, noise, sizeof noise); // nothing was asked: not even 0x12 is one
  g_assert_cmpuint (status.n_noise, ==, sizeof noise);
  guint8 question[HW_ESCPOS_ASK_LEN];
  hw_escpos_ask (&status, 2, question);
  hw_escpos_take (&status, noise, sizeof noise - 1);
  g_assert_cmpuint (status.n_answers, ==, 0);
  g_assert_cmpuint (status.expected, ==, 2);
  hw_escpos_take (&status, (const guint8 *) "\x16\x16", 2); // two at once: only one was asked for
  g_assert_cmphex (hw_escpos_faults (&status), ==, HW_ESCPOS_COVER_OPEN);
  g_assert_cmpuint (status.n_answers, ==, 1);
}

static void
test_reads_reports (void)
{
  HwEscposStatus status = { 0 };
  hw_escpos_take (&status, (const guint8 *) "\x38\x00\x0c\x0f", 4);
  g_assert_cmphex (hw_escpos_faults (&status), ==,
                   HW_ESCPOS_OFFLINE | HW_ESCPOS_COVER_OPEN | HW_ESCPOS_PAPER_OUT);
  hw_escpos_take (&status, (const guint8 *) "\x10\x00\x03", 3);
  hw_escpos_take (&status, (const guint8 *) "\x0f", 1);
  g_assert_cmphex (hw_escpos_faults (&status), ==, HW_ESCPOS_PAPER_LOW);
  hw_escpos_take (&status, (const guint8 *) "\x10\x28\x00\x0f", 4);
  g_assert_cmphex (hw_escpos_faults (&status), ==, HW_ESCPOS_CUTTER | HW_ESCPOS_BROKEN);
  g_assert_cmpuint (status.n_answers, ==, 3);
}

static void
test_an_answer_comes_in_the_middle_of_a_report (void)
{
  HwEscposStatus status = { 0 };
  guint8 question[HW_ESCPOS_ASK_LEN];
  hw_escpos_ask (&status, 4, question);
  status.expects_done = TRUE;
  hw_escpos_take (&status, (const guint8 *) "\x10\x00\x72\x00\x0f", 5);
  g_assert_cmpuint (status.n_answers, ==, 2);
  g_assert_cmphex (hw_escpos_faults (&status), ==, 0); // the report ended later, and said so
  g_assert_true (status.expects_done);                 // its bytes are no "done"
  hw_escpos_take (&status, (const guint8 *) "\x00\x00", 2);
  g_assert_false (status.expects_done);
  g_assert_cmpuint (status.n_done, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hw/escpos/prints-the-slip-as-drawn", test_prints_the_slip_as_drawn);
  g_test_add_func ("/hw/escpos/draws-vietnamese-letters", test_draws_vietnamese_letters);
  g_test_add_func ("/hw/escpos/bounds-a-slip", test_bounds_a_slip);
  g_test_add_func ("/hw/escpos/hostile-names-stay-a-picture", test_hostile_names_stay_a_picture);
  g_test_add_func ("/hw/escpos/no-picture-holds-a-command", test_no_picture_holds_a_command);
  g_test_add_func ("/hw/escpos/half-a-slip-does-not-spoil-the-next",
                   test_half_a_slip_does_not_spoil_the_next);
  g_test_add_func ("/hw/escpos/reads-answers", test_reads_answers);
  g_test_add_func ("/hw/escpos/ignores-what-is-no-answer", test_ignores_what_is_no_answer);
  g_test_add_func ("/hw/escpos/reads-reports", test_reads_reports);
  g_test_add_func ("/hw/escpos/an-answer-comes-in-the-middle-of-a-report",
                   test_an_answer_comes_in_the_middle_of_a_report);
  return g_test_run ();
}
