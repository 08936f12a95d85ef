// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who may use the console, from the command line.

#include <string.h>

#include "kiosk/trace/trace-session.h"
#include "tests/kiosk/trace-engine.h"
#include "tests/kiosk/trace-program.h"

#define PASSWORD "một mật khẩu dài\n"

static gboolean
may_sign_in (TraceProgram *program, const char *name, const char *password)
{
  g_autoptr (TraceStore) store = trace_program_open_store (program);
  TraceSignIn sign_in;
  g_assert_true (trace_session_check (trace_store_get_db (store), name, password, "192.0.2.1", 1000,
                                      &sign_in, NULL));
  return sign_in.verdict == TRACE_SIGN_IN_DONE;
}

static void
test_keeps_accounts (TraceProgram *program, gconstpointer unused)
{
  g_assert_cmpint (trace_program_run (program, PASSWORD, "officer", "add", "lan", NULL), ==, 0);
  g_assert_cmpint (
      trace_program_run (program, PASSWORD, "officer", "add", "minh", "--role", "admin", NULL), ==,
      0);
  g_assert_cmpint (trace_program_run (program, NULL, "officer", "list", "--json", NULL), ==, 0);
  g_assert_nonnull (strstr (program->output, "{\"name\":\"lan\",\"role\":\"officer\","));
  g_assert_nonnull (strstr (program->output, "{\"name\":\"minh\",\"role\":\"admin\","));
  g_assert_true (may_sign_in (program, "lan", "một mật khẩu dài"));
  g_assert_cmpint (
      trace_program_run (program, "thêm một mật khẩu\n", "officer", "password", "lan", NULL), ==,
      0);
  g_assert_false (may_sign_in (program, "lan", "một mật khẩu dài"));
  g_assert_true (may_sign_in (program, "lan", "thêm một mật khẩu"));
  g_assert_cmpint (trace_program_run (program, NULL, "officer", "remove", "lan", NULL), ==, 0);
  g_assert_false (may_sign_in (program, "lan", "thêm một mật khẩu"));
  g_assert_cmpint (trace_program_run (program, NULL, "officer", "remove", "lan", NULL), ==, 1);
  g_assert_cmpint (trace_program_run (program, NULL, "audit", "list", NULL), ==, 0);
  g_assert_nonnull (strstr (program->output, "officer-add"));
  g_assert_nonnull (strstr (program->output, "officer-password"));
  g_assert_nonnull (strstr (program->output, "officer-remove"));
  g_assert_null (strstr (program->output, "mật khẩu"));
}

static void
test_refuses_what_is_wrong (TraceProgram *program, gconstpointer unused)
{
  static const struct {
    const char *given, *action, *name, *role;
    int status;
  } cases[] = {
    { PASSWORD, "add", "Lan", "officer", 2 },
    { PASSWORD, "add", "lan nguyễn", "officer", 2 },
    { PASSWORD, "add", "", "officer", 2 },
    { PASSWORD, "add", "lan", "director", 2 },
    { "short\n", "add", "lan", "officer", 2 },
    { "", "add", "lan", "officer", 2 },
    { "lan is my own name\n", "add", "lan", "officer", 2 },
    { "not UTF-8: \xff\xff\xff\n", "add", "lan", "officer", 2 },
    { PASSWORD, "password", "nobody", "officer", 1 },
    { PASSWORD, "promote", "lan", "officer", 2 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_cmpint (trace_program_run (program, cases[i].given, "officer", cases[i].action,
                                        cases[i].name, "--role", cases[i].role, NULL),
                     ==, cases[i].status);
    g_assert_cmpstr (program->errors, !=, "");
  }
  g_assert_cmpint (trace_program_run (program, NULL, "officer", "list", NULL), ==, 0);
  g_assert_cmpstr (program->output, ==, "");
  g_assert_cmpint (trace_program_run (program, PASSWORD, "officer", "add", "lan", NULL), ==, 0);
  g_assert_cmpint (trace_program_run (program, PASSWORD, "officer", "add", "lan", NULL), ==, 2);
  g_assert_nonnull (strstr (program->errors, "already"));
}

static void
set_up (TraceProgram *program, gconstpointer engine)
{
  trace_program_init (program, (TraceEngine *) engine);
}

static void
tear_down (TraceProgram *program, gconstpointer unused)
{
  trace_program_clear (program);
}

static void
add_accounts (TraceEngine *engine)
{
#define ADD(name, func)                                                                            \
  TRACE_ENGINE_ADD (engine, "accounts", name, TraceProgram, set_up, func, tear_down)
  ADD ("adds-changes-and-removes", test_keeps_accounts);
  if (!trace_engine_is_postgres (engine))
    ADD ("refuses-what-is-wrong", test_refuses_what_is_wrong);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  return trace_engines_run (add_accounts);
}
