// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Loads a picture file as 8-bit grey.

#pragma once

#include <gio/gio.h>

typedef struct {
  guint8 *luma; // owned, rows without gaps
  int width_px;
  int height_px;
} CtlPicture;

// Whatever gdk-pixbuf reads; transparent counts as white. False with `error` set when the file
// cannot be read or is no picture.
gboolean ctl_picture_load (CtlPicture *picture, const char *path, GError **error);
void ctl_picture_clear (CtlPicture *picture);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CtlPicture, ctl_picture_clear)
