// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A batch that its kiosk signed, whatever is in it: bodies of records as they come, one after
// another, each with its kind, its clock and its length before it.

#include <string.h>

#include "tests/kiosk/trace-ingest-fixture.h"

#define HEAD 4

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Core core;
  core_open (&core, "sqlite::memory:");
  while (size > HEAD) {
    gsize len = MIN ((gsize) data[2] << 5 | (data[3] & 31), size - HEAD);
    JournalStamp at = test_stamp (data[1] & 3, BEGIN_MS, data[1] * MINUTE, data[1] % 3);
    if (len > 0)
      test_kiosk_append_raw (core.kiosk, core.kiosk->seq + 1, 1 + data[0] % (JOURNAL_N_KINDS - 1),
                             &at, data + HEAD, len);
    data += HEAD + len;
    size -= HEAD + len;
  }
  TraceIngestAnswer answer =
      core_send (&core, core.kiosk, 1, MIN (core.kiosk->seq, FEED_BATCH_RECORDS_MAX));
  g_assert_cmpint (answer.result, ==, TRACE_INGEST_TAKEN);
  core_close (&core);
  return 0;
}
