// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/rig/rig.h"

#define SKIPPED 77

typedef struct {
  Rig *rig;
  void (*run) (Rig *rig);
} Case;

static void
run_case (gconstpointer data)
{
  const Case *test = data;
  test->run (test->rig);
}

int
rig_main (int argc, char **argv, const RigTest *tests, guint n_tests)
{
  g_test_init (&argc, &argv, NULL);
  const char *why = NULL;
  g_autoptr (Rig) rig = rig_new (&why);
  if (rig == NULL) {
    g_print ("%s\n", why);
    return SKIPPED;
  }
  for (guint i = 0; i < n_tests; i++) {
    const Case test = { rig, tests[i].run };
    g_test_add_data_func_full (tests[i].path, g_memdup2 (&test, sizeof test), run_case, g_free);
  }
  return g_test_run ();
}
