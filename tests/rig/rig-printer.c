// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The printer at the far end of the guest's cable. Its commands are understood by tests/escpos;
// here are its sensors, and the memory in which bytes wait while there is no paper.

#include <string.h>

#include "hw/hw-slip.h"
#include "tests/escpos/paper.h"
#include "tests/rig/rig-private.h"

#define WIDTH_DOTS    384
#define REAL_TIME_LEN 3 // DLE EOT n: answered even when nothing is printed

struct _RigPrinter {
  Paper *paper;
  GByteArray *held; // until there is paper
  gboolean has_no_paper;
  gboolean is_open;   // its cover
  gboolean is_jammed; // its knife
  gboolean is_silent;
};

RigPrinter *
rig_printer_new (void)
{
  RigPrinter *printer = g_new0 (RigPrinter, 1);
  printer->paper = paper_new (WIDTH_DOTS);
  printer->held = g_byte_array_new ();
  return printer;
}

void
rig_printer_free (RigPrinter *printer)
{
  g_byte_array_unref (printer->held);
  paper_free (printer->paper);
  g_free (printer);
}

// By topic: printer, offline cause, error cause, paper.
static guint8
answer_to (const RigPrinter *printer, guint8 question)
{
  gboolean is_offline = printer->has_no_paper || printer->is_open || printer->is_jammed;
  switch (question) {
  case 1:
    return (guint8) (is_offline ? 0x1a : 0x12);
  case 2:
    return (guint8) (0x12 | (printer->is_open ? 0x04 : 0) | (printer->has_no_paper ? 0x20 : 0) |
                     (printer->is_jammed ? 0x40 : 0));
  case 3:
    return (guint8) (0x12 | (printer->is_jammed ? 0x08 : 0));
  case 4:
    return (guint8) (printer->has_no_paper ? 0x72 : 0x12);
  default:
    return 0x00; // GS r: all before it is printed
  }
}

static void
answer (Rig *rig, guint8 question)
{
  g_autofree char *text = g_strdup_printf ("reply %02x", answer_to (rig->printer, question));
  if (!rig->printer->is_silent)
    rig_say (rig, text);
}

static void
print (Rig *rig, const guint8 *bytes, gsize len)
{
  GByteArray *questions = rig->printer->paper->questions;
  paper_take (rig->printer->paper, bytes, len);
  if (rig->printer->paper->jam != NULL)
    g_error ("the printer does not understand: %s", rig->printer->paper->jam);
  for (guint i = 0; i < questions->len; i++)
    answer (rig, questions->data[i]);
  g_byte_array_set_size (questions, 0);
}

// Nothing is printed, but real-time questions are heard where they stand.
static void
hold (Rig *rig, const guint8 *bytes, gsize len)
{
  GByteArray *held = rig->printer->held;
  for (gsize i = 0; i < len; i++) {
    g_byte_array_append (held, &bytes[i], 1);
    const guint8 *last = held->data + held->len - MIN (held->len, REAL_TIME_LEN);
    if (held->len < REAL_TIME_LEN || last[0] != 0x10 || last[1] != 0x04)
      continue;
    answer (rig, last[2]);
    g_byte_array_set_size (held, held->len - REAL_TIME_LEN);
  }
}

void
rig_printer_take (Rig *rig, const char *hex)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  for (gsize i = 0; hex[i] != '\0' && hex[i + 1] != '\0'; i += 2) {
    guint8 byte = (guint8) (g_ascii_xdigit_value (hex[i]) * 16 + g_ascii_xdigit_value (hex[i + 1]));
    g_byte_array_append (bytes, &byte, 1);
  }
  if (rig->printer->has_no_paper)
    hold (rig, bytes->data, bytes->len);
  else
    print (rig, bytes->data, bytes->len);
}

void
rig_paper_runs_out (Rig *rig)
{
  rig->printer->has_no_paper = TRUE;
}

void
rig_paper_is_put_in (Rig *rig)
{
  g_autoptr (GByteArray) held = g_steal_pointer (&rig->printer->held);
  rig->printer->held = g_byte_array_new ();
  rig->printer->has_no_paper = FALSE;
  print (rig, held->data, held->len);
}

void
rig_printer_is_opened (Rig *rig, gboolean is_open)
{
  rig->printer->is_open = is_open;
}

void
rig_printer_jams (Rig *rig, gboolean is_jammed)
{
  rig->printer->is_jammed = is_jammed;
}

void
rig_printer_is_reset (Rig *rig)
{
  GPtrArray *slips = g_ptr_array_ref (rig->printer->paper->slips);
  paper_free (rig->printer->paper);
  rig->printer->paper = paper_new (WIDTH_DOTS);
  g_ptr_array_unref (rig->printer->paper->slips);
  rig->printer->paper->slips = slips; // what is printed stays printed
  g_byte_array_set_size (rig->printer->held, 0);
}

void
rig_printer_takes (Rig *rig, gboolean takes)
{
  RIG_TELL (rig, "take %s", takes ? "on" : "off");
}

void
rig_printer_falls_silent (Rig *rig)
{
  rig->printer->is_silent = TRUE;
}

guint
rig_count_slips (Rig *rig)
{
  return rig->printer->paper->slips->len;
}

void
rig_wait_for_slips (Rig *rig, guint n_slips, guint within_ms)
{
  gint64 until_us = rig_deadline (within_ms);
  while (rig_count_slips (rig) < n_slips && rig_left_ms (until_us) > 0)
    rig_listen (rig, rig_left_ms (until_us));
  g_assert_cmpuint (rig_count_slips (rig), ==, n_slips);
}

char *
rig_read_slip (Rig *rig, guint i)
{
  g_assert_cmpuint (i, <, rig_count_slips (rig));
  return paper_read_code (rig->printer->paper->slips->pdata[i]);
}

void
rig_save_slip (Rig *rig, guint i, const char *path)
{
  g_assert_true (hw_slip_write_png (rig->printer->paper->slips->pdata[i], path));
}
