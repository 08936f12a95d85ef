// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where a core is for its kiosks: the URL that they call, kept beside its keys so that `enroll`
// knows what `serve` listens on.

#pragma once

#include "kiosk/trace/trace-error.h"

G_BEGIN_DECLS

// https://HOST[:PORT][/PATH] of at most 200 printable characters, no slash at its end.
gboolean trace_place_is_url (const char *url);
// (transfer full) The host of such a URL, without brackets.
char *trace_place_get_host (const char *url);

// The URL of a server that listens on @listen, with the port that it got; a wildcard address is
// called by this machine's name. (transfer full)
char *trace_place_make_url (const char *listen, guint16 port);

gboolean trace_place_write (const char *folder, const char *url, GError **error);
// (transfer full) TRACE_ERROR_INPUT: no server ran yet.
char *trace_place_read (const char *folder, GError **error);

G_END_DECLS
