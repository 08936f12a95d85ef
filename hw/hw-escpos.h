// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// ESC/POS, as bytes: the few commands that we send (a slip is one picture, never text), and what a
// printer answers. No I/O. Source: Epson's ESC/POS command reference.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

// One bit a dot, most significant first, 1: black. Borrowed.
typedef struct {
  const guint8 *dots;
  guint stride; // bytes a row: the width is 8 times that
  guint rows;
} HwEscposPicture;

#define HW_ESCPOS_BAND_ROWS  24
#define HW_ESCPOS_STRIDE_MAX 72   // 80 mm paper at 8 dots/mm
#define HW_ESCPOS_ROWS_MAX   2400 // 30 cm

// To be sent when a printer was just opened: what somebody left half sent is filled up and thrown
// away, and the printer tells changes by itself from then on. (transfer full)
GBytes *hw_escpos_hello (void);

// A picture, the cut, and the question whether all that is done. Commands that a printer obeys even
// inside a picture are not in it: one dot is left white instead. NULL: a picture of no rows, or
// larger than the limits. (transfer full)
GBytes *hw_escpos_slip (const HwEscposPicture *picture);

// How much paper a picture takes, with the way to the knife.
guint hw_escpos_slip_mm (guint rows);

// What can be the matter with a printer; bits.
typedef enum {
  HW_ESCPOS_OFFLINE = 1 << 0,
  HW_ESCPOS_COVER_OPEN = 1 << 1,
  HW_ESCPOS_PAPER_LOW = 1 << 2,
  HW_ESCPOS_PAPER_OUT = 1 << 3,
  HW_ESCPOS_CUTTER = 1 << 4, // jammed
  HW_ESCPOS_BROKEN = 1 << 5, // does not recover
  HW_ESCPOS_PAUSED = 1 << 6, // too hot: goes on by itself
  HW_ESCPOS_FAILED = 1 << 7, // something else that staff can mend
} HwEscposFault;

#define HW_ESCPOS_FAULTS 0xffu
#define HW_ESCPOS_TOPICS 4 // of DLE EOT: printer, offline cause, error cause, paper

// What the printer said so far. Zeroed: nothing.
typedef struct {
  guint told[HW_ESCPOS_TOPICS + 1]; // HwEscposFault, by topic; 0: in the last report
  guint expected;                   // the topic that was asked for, 1 to 4; 0: none
  gboolean expects_done;            // a slip's question is under way
  guint64 n_answers;                // to topics, and unasked reports
  guint64 n_done;
  guint64 n_noise; // bytes that are no answer to anything
  guint8 report[4];
  guint report_len;
} HwEscposStatus;

#define HW_ESCPOS_ASK_LEN 3

// Writes the question and expects its answer.
void hw_escpos_ask (HwEscposStatus *status, guint topic, guint8 ret_bytes[HW_ESCPOS_ASK_LEN]);

// All that is the matter, as far as it is known: HwEscposFault.
guint hw_escpos_faults (const HwEscposStatus *status);

// What the printer sent, in pieces of any size.
void hw_escpos_take (HwEscposStatus *status, const guint8 *bytes, gsize len);

G_END_DECLS
