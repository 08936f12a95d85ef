// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-db-postgres"

#include "kiosk/trace/trace-db-private.h"

TraceDb *
trace_db_postgres_open (const char *conninfo, GError **error)
{
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE, "store postgres: not there yet");
  return NULL;
}
