// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads a second of every kind of payload, on one core.
//
// usage: bench-credential [MILLISECONDS_PER_KIND]

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "kiosk/core/ct-credential.h"

static const struct {
  const char *name, *payload;
} payloads[] = {
  { "citizen card",
    "079090012345|024567890|Nguyễn Văn Thử|15081990|Nam|12 Lê Lợi, Bến Nghé, Quận 1|10052021" },
  { "decomposed name",
    "079090012345||Nguye\u0302\u0303n Va\u0306n Thu\u031B\u0309|15081990|Nam|Hue|10052021" },
  { "insurance card",
    "0123456789|4e677579e1bb856e2056c4836e2041|29/03/1988|1|-|01 - "
    "001|01/07/2023|-|31/07/2023|01050123456789|-|4| "
    "01/10/2027|0123456789abcdef-1202|4|5175e1baad6e2043e1baa775204769e1baa579|$" },
  { "national code", "001093029317|NGUYEN VAN A|1987-01-18|0|162979388586171100|<1<00<0123232422" },
  { "vCard", "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Nguyễn;An;Văn;;\r\nTEL:0900000123\r\nEND:VCARD\r\n" },
  { "link", "https://example.org/a/rather/long/link?with=parameters" },
};

int
main (int argc, char **argv)
{
  const struct ct_read_context context = { .now_s = 1781499600, .clock_trusted = true };
  gint64 span_us = 1000 * (argc > 1 ? g_ascii_strtoll (argv[1], NULL, 10) : 500);
  (void) printf ("%-16s %12s %10s\n", "payload", "reads/s", "us");
  for (gsize i = 0; i < G_N_ELEMENTS (payloads); i++) {
    struct ct_credential credential;
    gsize len = strlen (payloads[i].payload);
    gint64 begin_us = g_get_monotonic_time (), now_us = begin_us;
    guint64 n = 0;
    for (; now_us - begin_us < span_us; now_us = g_get_monotonic_time ())
      for (guint j = 0; j < 100; j++, n++)
        (void) ct_credential_read (&context, (const guint8 *) payloads[i].payload, len, &credential,
                                   NULL);
    double us = (double) (now_us - begin_us) / (double) n;
    (void) printf ("%-16s %12.0f %10.2f\n", payloads[i].name, 1e6 / us, us);
  }
  return 0;
}
