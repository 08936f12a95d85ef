// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What can go wrong in the tracing core.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  TRACE_ERROR_INPUT,   // what was given cannot be used; the message says where and why
  TRACE_ERROR_STORAGE, // the store cannot be opened, read or written
  TRACE_ERROR_BUSY,    // as STORAGE, and trying again later may help
  TRACE_ERROR_REFUSED, // it cannot be done: no such case, a closed one, a wrong passphrase
} TraceError;

#define TRACE_ERROR (trace_error_quark ())
GQuark trace_error_quark (void);

G_END_DECLS
