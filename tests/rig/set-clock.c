// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Runs in the guest, as a time service would: set-clock STEP_S [TIMES] steps the wall clock, a
// thousand times a second if more than once, and then vouches for it, as adjtimex(2) has it.

#include <stdio.h>
#include <stdlib.h>
#include <sys/timex.h>
#include <time.h>

#define MAX_ERROR_US 23000

static int
step (long seconds)
{
  struct timespec now;
  if (clock_gettime (CLOCK_REALTIME, &now) < 0)
    return -1;
  now.tv_sec += seconds;
  return clock_settime (CLOCK_REALTIME, &now);
}

int
main (int argc, char **argv)
{
  long seconds = argc > 1 ? strtol (argv[1], NULL, 10) : 0;
  long n_times = argc > 2 ? strtol (argv[2], NULL, 10) : 1;
  const struct timespec millisecond = { .tv_nsec = 1000000 };
  struct timex timex = { .modes = ADJ_STATUS | ADJ_MAXERROR, .maxerror = MAX_ERROR_US };
  for (long i = 0; seconds != 0 && i < n_times; i++) {
    if (step (i % 2 == 0 ? seconds : -seconds) < 0)
      return 1;
    (void) nanosleep (&millisecond, NULL); // sooner is no harm
  }
  if (adjtimex (&timex) < 0)
    return 1;
  (void) printf ("set\n");
  return 0;
}
