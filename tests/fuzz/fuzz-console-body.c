// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kiosk/trace/trace-console-body.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gint64 number = 0;
  g_autoptr (JsonObject) body = trace_body_read (data, size);
  if (body != NULL) {
    (void) trace_body_get_text (body, "case", 64);
    (void) trace_body_get_object (body, "index");
    (void) trace_body_get_int (body, "from", 0, G_MAXINT32, 0, &number);
  }
  return 0;
}
