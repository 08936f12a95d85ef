// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A compressed body as it was, within bounds: what would become longer is refused, however it is
// announced.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  TRACE_INFLATE_OK,
  TRACE_INFLATE_ENCODING,  // none that is known: "zstd", "gzip", or NULL for none
  TRACE_INFLATE_MALFORMED, // damaged, cut, or something behind its end
  TRACE_INFLATE_TOO_LONG,
} TraceInflate;

// @ret_body: (transfer full) set for OK only.
TraceInflate trace_inflate (const char *encoding, GBytes *body, gsize size_max, GBytes **ret_body);

G_END_DECLS
