// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A slip of paper as a picture: laid out with Pango, so that every printer can write Vietnamese. It
// has room for the venue, the time and a code, and for nothing else: no name, no number.

#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  const char *venue; // UTF-8; at most 3 lines of it are printed
  const char *time;  // as it is to be read
  const char *code;  // what the QR code holds; (nullable): none
} HwSlip;

HwSlip *hw_slip_copy (const HwSlip *slip);
void hw_slip_free (HwSlip *slip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwSlip, hw_slip_free)

#define HW_SLIP_WIDTH_58_MM 384 // dots
#define HW_SLIP_WIDTH_80_MM 576

// Black on white, CAIRO_FORMAT_A8, each dot 0 (white) or 255. (transfer full) NULL when the code is
// too long for a QR code of that width.
cairo_surface_t *hw_slip_draw (const HwSlip *slip, guint width_dots);

// The same, eight dots a byte, most significant first, rows of width / 8 bytes. (transfer full)
GBytes *hw_slip_pack (cairo_surface_t *surface);

// For people. FALSE when @path cannot be written.
gboolean hw_slip_write_png (cairo_surface_t *surface, const char *path);

G_END_DECLS
