// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// ESC @, GS a, GS v 0, GS V, GS r and DLE EOT: nothing else is ever sent.

#define G_LOG_DOMAIN "hw-escpos"

#include "hw/hw-escpos.h"

#include <string.h>

#define ESC 0x1b
#define GS  0x1d
#define DLE 0x10
#define EOT 0x04
#define ENQ 0x05
#define DC4 0x14

#define REPORT_ONLINE_ERROR_PAPER 0x0e // GS a: what is reported unasked
#define CUT_AFTER_FEED            66   // GS V: to the knife, then a partial cut
#define FEED_TO_KNIFE_MM          15
#define DOTS_PER_MM               8
#define ASK_PAPER_IN_ORDER        1 // GS r: answered when all before it is printed

// Bits that never change tell the kinds of answer apart.
#define FIXED_BITS       0x93
#define FIXED_ANSWER     0x12
#define FIXED_REPORT     0x10
#define FIXED_BITS_LATER 0x90 // of a report's second to fourth byte: both 0

GBytes *
hw_escpos_hello (void)
{
  static const guint8 start[] = { ESC, '@', GS, 'a', REPORT_ONLINE_ERROR_PAPER };
  GByteArray *bytes = g_byte_array_new ();
  g_byte_array_set_size (bytes, HW_ESCPOS_STRIDE_MAX * HW_ESCPOS_BAND_ROWS);
  memset (bytes->data, 0, bytes->len); // a NUL is nothing, outside of a picture
  g_byte_array_append (bytes, start, sizeof start);
  return g_byte_array_free_to_bytes (bytes);
}

// TM printers obey DLE commands wherever they see one: in a picture they would open the drawer.
static void
break_up_commands (guint8 *dots, gsize len)
{
  for (gsize i = 0; i + 1 < len; i++)
    if (dots[i] == DLE && (dots[i + 1] == EOT || dots[i + 1] == ENQ || dots[i + 1] == DC4))
      dots[i + 1] &= DLE; // the dot that both have, if any
}

static void
append_band (GByteArray *bytes, const HwEscposPicture *picture, guint first_row)
{
  guint n_rows = MIN (HW_ESCPOS_BAND_ROWS, picture->rows - first_row);
  gsize len = (gsize) n_rows * picture->stride;
  const guint8 header[] = { GS, 'v', '0', 0, (guint8) picture->stride, 0, (guint8) n_rows, 0 };
  g_byte_array_append (bytes, header, sizeof header);
  g_byte_array_append (bytes, picture->dots + (gsize) first_row * picture->stride, (guint) len);
  break_up_commands (bytes->data + bytes->len - len, len);
}

GBytes *
hw_escpos_slip (const HwEscposPicture *picture)
{
  static const guint8 start[] = { ESC, '@' };
  static const guint8 end[] = { GS, 'V', CUT_AFTER_FEED, 0, GS, 'r', ASK_PAPER_IN_ORDER };
  if (picture->rows == 0 || picture->rows > HW_ESCPOS_ROWS_MAX || picture->stride == 0 ||
      picture->stride > HW_ESCPOS_STRIDE_MAX)
    return NULL;
  GByteArray *bytes = g_byte_array_new ();
  g_byte_array_append (bytes, start, sizeof start);
  for (guint row = 0; row < picture->rows; row += HW_ESCPOS_BAND_ROWS)
    append_band (bytes, picture, row);
  g_byte_array_append (bytes, end, sizeof end);
  return g_byte_array_free_to_bytes (bytes);
}

guint
hw_escpos_slip_mm (guint rows)
{
  return rows / DOTS_PER_MM + FEED_TO_KNIFE_MM;
}

void
hw_escpos_ask (HwEscposStatus *status, guint topic, guint8 ret_bytes[HW_ESCPOS_ASK_LEN])
{
  g_return_if_fail (topic >= 1 && topic <= HW_ESCPOS_TOPICS);
  ret_bytes[0] = DLE;
  ret_bytes[1] = EOT;
  ret_bytes[2] = (guint8) topic;
  status->expected = topic;
}

// A bit of an answer and what it means. Where two sensors share a meaning, either will do.
typedef struct {
  guint8 bits;
  HwEscposFault fault;
} Meaning;

#define MEANINGS_MAX 4

static const Meaning topic_meanings[HW_ESCPOS_TOPICS + 1][MEANINGS_MAX] = {
  [1] = { { 0x08, HW_ESCPOS_OFFLINE } },
  [2] = { { 0x04, HW_ESCPOS_COVER_OPEN },
          { 0x20, HW_ESCPOS_PAPER_OUT },
          { 0x40, HW_ESCPOS_FAILED } },
  [3] = { { 0x04, HW_ESCPOS_FAILED },
          { 0x08, HW_ESCPOS_CUTTER },
          { 0x20, HW_ESCPOS_BROKEN },
          { 0x40, HW_ESCPOS_PAUSED } },
  [4] = { { 0x0c, HW_ESCPOS_PAPER_LOW }, { 0x60, HW_ESCPOS_PAPER_OUT } },
};

static const Meaning report_meanings[3][MEANINGS_MAX] = {
  { { 0x08, HW_ESCPOS_OFFLINE }, { 0x20, HW_ESCPOS_COVER_OPEN } },
  { { 0x04, HW_ESCPOS_FAILED },
    { 0x08, HW_ESCPOS_CUTTER },
    { 0x20, HW_ESCPOS_BROKEN },
    { 0x40, HW_ESCPOS_PAUSED } },
  { { 0x03, HW_ESCPOS_PAPER_LOW }, { 0x0c, HW_ESCPOS_PAPER_OUT } },
};

static guint
faults_in (const Meaning meanings[MEANINGS_MAX], guint8 byte)
{
  guint faults = 0;
  for (guint i = 0; i < MEANINGS_MAX; i++)
    if ((byte & meanings[i].bits) != 0)
      faults |= meanings[i].fault;
  return faults;
}

// Paper out is told by two topics: neither clears what the other says, a report clears all.
static void
take_answer (HwEscposStatus *status, guint8 byte)
{
  const Meaning *meanings = topic_meanings[status->expected];
  status->told[status->expected] = faults_in (meanings, byte);
  status->told[0] &= ~faults_in (meanings, 0xff);
  status->expected = 0;
  status->n_answers++;
}

static void
take_report (HwEscposStatus *status)
{
  memset (status->told, 0, sizeof status->told);
  for (guint i = 0; i < G_N_ELEMENTS (report_meanings); i++)
    status->told[0] |= faults_in (report_meanings[i], status->report[i]);
  status->report_len = 0;
  status->n_answers++;
}

guint
hw_escpos_faults (const HwEscposStatus *status)
{
  guint faults = 0;
  for (guint i = 0; i < G_N_ELEMENTS (status->told); i++)
    faults |= status->told[i];
  return faults;
}

static gboolean
is_paper_answer (guint8 byte)
{
  return byte == 0x00 || byte == 0x03 || byte == 0x0c || byte == 0x0f;
}

static void
take_byte (HwEscposStatus *status, guint8 byte)
{
  if ((byte & FIXED_BITS) == FIXED_ANSWER && status->expected != 0) {
    take_answer (status, byte); // even in the middle of a report
  } else if ((byte & FIXED_BITS) == FIXED_REPORT) {
    status->n_noise += status->report_len;
    status->report[0] = byte;
    status->report_len = 1;
  } else if (status->report_len > 0 && (byte & FIXED_BITS_LATER) == 0) {
    status->report[status->report_len++] = byte;
    if (status->report_len == sizeof status->report)
      take_report (status);
  } else if (status->expects_done && is_paper_answer (byte)) {
    status->expects_done = FALSE;
    status->n_done++;
  } else {
    status->n_noise += status->report_len + 1;
    status->report_len = 0;
  }
}

void
hw_escpos_take (HwEscposStatus *status, const guint8 *bytes, gsize len)
{
  for (gsize i = 0; i < len; i++)
    take_byte (status, bytes[i]);
}
