// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "trace-engine.h"

#include <stdio.h>

#include <glib/gstdio.h>

#include "trace-postgres.h"

struct TraceEngine {
  const char *name;
  TracePostgres *postgres; // NULL: SQLite
  char *folder;            // of the files of SQLite
  guint n_stores;
  GPtrArray *paths;
};

char *
trace_engine_make_uri (TraceEngine *engine)
{
  g_autofree char *name = g_strdup_printf ("store%u", ++engine->n_stores);
  if (engine->postgres == NULL)
    return g_strdup_printf ("sqlite:%s/%s", engine->folder, name);
  g_autofree char *conninfo = trace_postgres_make_database (engine->postgres, name);
  return g_strconcat ("postgres:", conninfo, NULL);
}

gboolean
trace_engine_is_postgres (const TraceEngine *engine)
{
  return engine->postgres != NULL;
}

const char *
trace_engine_path (TraceEngine *engine, const char *area, const char *name)
{
  g_ptr_array_add (engine->paths, g_strdup_printf ("/trace/%s/%s/%s", area, engine->name, name));
  return g_ptr_array_index (engine->paths, engine->paths->len - 1);
}

static void
clear (TraceEngine *engine)
{
  g_ptr_array_unref (engine->paths);
  g_clear_pointer (&engine->postgres, trace_postgres_stop);
  if (engine->folder == NULL)
    return;
  g_autoptr (GDir) dir = g_dir_open (engine->folder, 0, NULL);
  for (const char *name = NULL; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (engine->folder, name, NULL);
    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (engine->folder), ==, 0);
  g_free (engine->folder);
}

int
trace_engines_run (void (*add) (TraceEngine *engine))
{
  g_autofree char *why = NULL;
  TraceEngine sqlite = { "sqlite", NULL, g_dir_make_tmp ("tramxanh-engine-XXXXXX", NULL), 0,
                         g_ptr_array_new_with_free_func (g_free) };
  TraceEngine postgres = { "postgres", trace_postgres_start (&why), NULL, 0,
                           g_ptr_array_new_with_free_func (g_free) };
  add (&sqlite);
  if (postgres.postgres != NULL)
    add (&postgres);
  else
    (void) printf ("# postgres is left out: %s\n", why);
  int status = g_test_run ();
  clear (&sqlite);
  clear (&postgres);
  return status != 0 || why == NULL ? status : 77;
}
