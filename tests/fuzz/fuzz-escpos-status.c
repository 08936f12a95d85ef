// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Anything as a printer's answer.

#include "hw/hw-escpos.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  HwEscposStatus status = { .expected = size % (HW_ESCPOS_TOPICS + 1), .expects_done = size % 2 };
  hw_escpos_take (&status, data, size);
  if ((hw_escpos_faults (&status) & ~HW_ESCPOS_FAULTS) != 0 || status.n_done > 1 ||
      status.report_len >= sizeof status.report || status.n_answers + status.n_noise > size)
    abort ();
  return 0;
}
