// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A passphrase, from the terminal without an echo, or a line from a descriptor.

#pragma once

#include "kiosk/trace/trace-officer.h"

G_BEGIN_DECLS

typedef char TracePassphrase[TRACE_OFFICER_PASSPHRASE_MAX + 2];

// @fd: -1 for the terminal that controls the process, which is asked with @prompt. One that is too
// long comes out too long by one byte. The caller wipes it: trace_passphrase_wipe ().
// TRACE_ERROR_INPUT: there is no terminal; TRACE_ERROR_STORAGE.
gboolean
trace_passphrase_read (int fd, const char *prompt, TracePassphrase ret_passphrase, GError **error);
void trace_passphrase_wipe (TracePassphrase passphrase);

G_END_DECLS
