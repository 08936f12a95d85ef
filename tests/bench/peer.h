// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The other readers that the decoder is compared with.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

// The first payload that the peer reads in a grey picture without gaps, (transfer full); NULL for
// none. May keep nothing between calls.
char *peer_zbar (const guint8 *luma, int width_px, int height_px, gsize *ret_len);
char *peer_zxing (const guint8 *luma, int width_px, int height_px, gsize *ret_len);

G_END_DECLS
