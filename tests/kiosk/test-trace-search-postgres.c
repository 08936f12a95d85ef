// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The search against the oracle, with the tables in a real PostgreSQL.

#include <stdio.h>

#include "trace-postgres.h"
#include "trace-world.h"

#define N_WORLDS 250

static void
test_oracle (gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (20261127);
  g_autofree char *conninfo = trace_postgres_make_database ((TracePostgres *) user_data, "worlds");
  g_autofree char *uri = g_strconcat ("postgres:", conninfo, NULL);
  g_autofree World *worlds = g_new (World, N_WORLDS);
  g_autofree Oracle *oracle = g_new (Oracle, 1);
  g_autoptr (TraceStore) store = world_open_store (uri);
  TraceSource *source = trace_store_get_source (store);
  guint n_by_level[5] = { 0 };
  g_assert_true (trace_store_begin (store, &error));
  for (guint i = 0; i < N_WORLDS; i++) {
    world_make (random, i, &worlds[i]);
    world_put (&worlds[i], store, NULL, 0, worlds[i].n_stays);
  }
  g_assert_true (trace_store_commit (store, &error));
  for (guint i = 0; i < N_WORLDS; i++) {
    world_ask_oracle (&worlds[i], oracle);
    g_autoptr (TraceAnswer) answer = world_ask (&worlds[i], store, source);
    world_compare (&worlds[i], answer, source, oracle, n_by_level);
  }
  g_assert_cmpuint (n_by_level[1], >, N_WORLDS); // else nothing was compared
  g_assert_cmpuint (n_by_level[2], >, N_WORLDS / 4);
  g_assert_cmpuint (n_by_level[3], >, N_WORLDS / 25);
}

int
main (int argc, char **argv)
{
  g_autofree char *why = NULL;
  g_test_init (&argc, &argv, NULL);
  g_autoptr (TracePostgres) postgres = trace_postgres_start (&why);
  if (postgres == NULL) {
    (void) fprintf (stderr, "%s\n", why);
    return 77;
  }
  g_test_add_data_func ("/trace/search-postgres/the-tables-agree-with-the-oracle", postgres,
                        test_oracle);
  return g_test_run ();
}
