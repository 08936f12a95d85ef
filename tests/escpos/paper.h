// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A printer for tests, written from the command reference and not from our encoder: takes bytes in
// pieces of any size, prints them on paper, and jams for good at the first command it does not
// know.

#pragma once

#include <cairo.h>
#include <glib.h>

#define PAPER_WIDTH_MAX 576 // dots

typedef struct {
  guint width_dots;
  GPtrArray *slips;  // of cairo_surface_t, CAIRO_FORMAT_A8, 255: black; cut off, in order
  GByteArray *sheet; // one byte a dot, not cut yet
  guint8 command[8]; // as far as it came
  guint command_len;
  guint picture_left;   // bytes of a picture that are still to come
  guint picture_stride; // of it
  guint picture_column;
  guint n_commands;
  guint n_in_picture; // real-time commands that a picture held
  guint8 last_byte;
  gboolean reports_alone; // GS a said so
  GByteArray *questions;  // DLE EOT n: n; GS r n: 0x80 | n
  char *jam;              // (nullable) why nothing is printed any more
} Paper;

Paper *paper_new (guint width_dots);
void paper_free (Paper *paper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Paper, paper_free)

void paper_take (Paper *paper, const guint8 *bytes, gsize len);

// What the QR code on a slip says; NULL: none is readable. (transfer full)
char *paper_read_code (cairo_surface_t *slip);

// How many dots are black.
guint paper_count_black (cairo_surface_t *slip);
