// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanhctl read, from stdin to stdout and exit code; and the JSON writer.

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kiosk/ctl/ctl-json.h"
#include "kiosk/ctl/ctl-read.h"

#define CARD "079090012345||Nguyễn Văn Thử|15081990|Nữ|Huế|10052021"

// An unnamed file instead of a pipe: it holds any payload without somebody at the other end.
static void
replace_fd (int fd, int *ret_saved, FILE *file)
{
  *ret_saved = dup (fd);
  g_assert_cmpint (dup2 (fileno (file), fd), ==, fd);
}

static void
restore_fd (int fd, int saved)
{
  g_assert_cmpint (dup2 (saved, fd), ==, fd);
  g_assert_cmpint (close (saved), ==, 0);
}

static char *
run_read (const char *payload, gsize len, const char *option, int *ret_exit)
{
  char *argv[] = { (char *) "read", (char *) option, NULL };
  g_autofree char *answer = g_malloc0 (65536);
  int saved_in, saved_out;
  FILE *in = tmpfile (), *out = tmpfile ();
  g_assert_cmpuint (fwrite (payload, 1, len, in), ==, len);
  rewind (in);
  (void) fflush (stdout); // the test's own lines
  replace_fd (STDIN_FILENO, &saved_in, in);
  replace_fd (STDOUT_FILENO, &saved_out, out);
  *ret_exit = ctl_read (option != NULL ? 2 : 1, argv);
  restore_fd (STDOUT_FILENO, saved_out);
  restore_fd (STDIN_FILENO, saved_in);
  rewind (out);
  (void) fread (answer, 1, 65535, out); // may be nothing
  (void) fclose (in);                   // read only
  (void) fclose (out);
  return g_steal_pointer (&answer);
}

static void
test_answers (void)
{
  static const struct {
    const char *payload, *option, *answer;
    int exit;
  } cases[] = {
    { CARD "\n", NULL,
      "kind: cccd\nsubject: cccd:**********45\nname: N. V. Thử\nborn: 1990\nissued: "
      "2021\nfreshness: static\ndoubt: sex\n",
      0 },
    { CARD, "--show",
      "kind: cccd\nsubject: cccd:079090012345\nname: Nguyễn Văn Thử\nborn: 1990-08-15\nsex: "
      "F\nissued: 2021-05-10\nfreshness: static\ndoubt: sex\n",
      0 },
    { CARD, "--json",
      "{\"kind\":\"cccd\",\"subject\":\"cccd:**********45\",\"name\":\"N. V. "
      "Thử\",\"born\":\"1990\",\"sex\":null,\"issued\":\"2021\",\"freshness\":\"static\","
      "\"doubts\":[\"sex\"]}\n",
      0 },
    { "0123456789|-|-|1|$", "--json", "{\"refused\":\"format\",\"kind\":\"bhyt\"}\n", 1 },
    { "https://example.org", NULL, "refused: link\nkind: none\n", 1 },
    { "", "--json", "{\"refused\":\"empty\",\"kind\":\"none\"}\n", 1 },
    { "079050012345||A|00031950|Nam||10052021", "--show",
      "kind: cccd\nsubject: cccd:079050012345\nname: A\nborn: 1950-03\nsex: M\nissued: "
      "2021-05-10\nfreshness: static\ndoubt: partial-date\n",
      0 },
    { "MECARD:TEL:0900000123;;", "--json",
      "{\"kind\":\"card\",\"subject\":\"card:**********23\",\"name\":null,\"born\":null,\"sex\":"
      "null,\"issued\":null,\"freshness\":\"static\",\"doubts\":[]}\n",
      0 },
    { CARD, "--wrong", "", 2 },
    { CARD, "payload", "", 2 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    int exit;
    g_autofree char *answer =
        run_read (cases[i].payload, strlen (cases[i].payload), cases[i].option, &exit);
    g_assert_cmpstr (answer, ==, cases[i].answer);
    g_assert_cmpint (exit, ==, cases[i].exit);
  }
}

static void
test_takes_payloads_of_any_length_and_byte (void)
{
  int exit;
  g_autofree char *big = g_strnfill (100000, 'x');
  g_autofree char *too_long = run_read (big, 100000, NULL, &exit);
  g_assert_cmpstr (too_long, ==, "refused: too-long\nkind: none\n");
  g_assert_cmpint (exit, ==, 1);
  g_autofree char *nul = run_read ("A\0B", 3, NULL, &exit);
  g_assert_cmpstr (nul, ==, "refused: format\nkind: none\n");
}

static void
test_says_that_stdin_failed (void)
{
  char *argv[] = { (char *) "read", NULL };
  int saved = dup (STDIN_FILENO);
  g_assert_cmpint (close (STDIN_FILENO), ==, 0);
  int exit = ctl_read (1, argv);
  restore_fd (STDIN_FILENO, saved);
  g_assert_cmpint (exit, ==, 3);
}

static void
test_says_that_stdout_failed (void)
{
  char *argv[] = { (char *) "read", NULL };
  int saved_in, saved_out;
  FILE *full = fopen ("/dev/full", "w"), *null = fopen ("/dev/null", "r");
  g_assert_nonnull (full);
  (void) fflush (stdout); // the test's own lines
  replace_fd (STDIN_FILENO, &saved_in, null);
  replace_fd (STDOUT_FILENO, &saved_out, full);
  int exit = ctl_read (1, argv);
  restore_fd (STDOUT_FILENO, saved_out);
  restore_fd (STDIN_FILENO, saved_in);
  clearerr (stdout);
  (void) fclose (null); // read only
  (void) fclose (full); // nothing was written through it
  g_assert_cmpint (exit, ==, 3);
}

static void
test_writes_json (void)
{
  g_autoptr (GString) json = g_string_new (NULL);
  ctl_json_open_object (json, NULL);
  ctl_json_add_text (json, "a\"b", "\\ \" / \n\t\x01\x7F ữ 🙂 \xFF");
  ctl_json_add_text (json, "none", NULL);
  ctl_json_add_integer (json, "n", G_MININT64);
  ctl_json_add_real (json, "r", 0.25);
  ctl_json_add_real (json, "inf", (double) INFINITY);
  ctl_json_add_boolean (json, "yes", TRUE);
  ctl_json_open_array (json, "list");
  ctl_json_add_integer (json, NULL, 1);
  ctl_json_add_boolean (json, NULL, FALSE);
  ctl_json_open_object (json, NULL);
  ctl_json_close_object (json);
  ctl_json_open_array (json, NULL);
  ctl_json_close_array (json);
  ctl_json_close_array (json);
  ctl_json_close_object (json);
  g_assert_cmpstr (json->str, ==,
                   "{\"a\\\"b\":\"\\\\ \\\" / \\u000a\\u0009\\u0001\\u007f ữ 🙂 "
                   "\xEF\xBF\xBD\",\"none\":null,\"n\":-9223372036854775808,"
                   "\"r\":0.25,\"inf\":null,\"yes\":true,\"list\":[1,false,{},[]]}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/read/answers", test_answers);
  g_test_add_func ("/ctl/read/takes-payloads-of-any-length-and-byte",
                   test_takes_payloads_of_any_length_and_byte);
  g_test_add_func ("/ctl/read/says-that-stdin-failed", test_says_that_stdin_failed);
  g_test_add_func ("/ctl/read/says-that-stdout-failed", test_says_that_stdout_failed);
  g_test_add_func ("/ctl/json/writes-json", test_writes_json);
  return g_test_run ();
}
