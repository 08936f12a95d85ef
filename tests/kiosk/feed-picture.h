// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A code as a camera would see it: a picture in a file.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void feed_picture_write (const char *path, const char *text); // a PNG of 1280x720

G_END_DECLS
