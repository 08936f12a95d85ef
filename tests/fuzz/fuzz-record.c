// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Bodies of records: the first byte is the kind. What is read must be written again byte for byte.

#include <string.h>

#include "kiosk/journal/journal-record.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  JournalBody body;
  guint8 again[JOURNAL_BODY_MAX];
  if (size < 1 || !journal_record_read ((JournalKind) data[0], data + 1, size - 1, &body))
    return 0;
  gsize len = journal_record_write (&body, again, sizeof again);
  g_assert (len == size - 1 && memcmp (again, data + 1, len) == 0);
  return 0;
}
