// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The officer's key file: what was made opens with its passphrase, and with nothing else.

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#include "kiosk/trace/trace-officer.h"

#define PASSPHRASE "ba con voi con"

typedef struct {
  char *folder, *path;
  guint8 public_key[TRACE_OFFICER_KEY_SIZE];
} Fixture;

static void
append_hex (GString *line, const guint8 *bytes, gsize len)
{
  char hex[129];
  g_string_append_printf (line, " %s", sodium_bin2hex (hex, sizeof hex, bytes, len));
}

// A file as trace-officer.h describes it, of the least cost.
static void
set_up (Fixture *fixture, gconstpointer unused)
{
  guint8 secret[32], salt[16] = { 1 }, nonce[24] = { 2 }, key[32], box[16 + 32];
  g_autoptr (GString) line = g_string_new ("tramxanh-officer-key 1 1 8");
  memset (secret, 3, sizeof secret);
  g_assert_cmpint (crypto_scalarmult_base (fixture->public_key, secret), ==, 0);
  g_assert_cmpint (crypto_pwhash (key, sizeof key, PASSPHRASE, strlen (PASSPHRASE), salt, 1,
                                  8 * 1024, crypto_pwhash_ALG_ARGON2ID13),
                   ==, 0);
  g_assert_cmpint (crypto_secretbox_easy (box, secret, sizeof secret, nonce, key), ==, 0);
  append_hex (line, salt, sizeof salt);
  append_hex (line, nonce, sizeof nonce);
  append_hex (line, box, sizeof box);
  append_hex (line, fixture->public_key, sizeof fixture->public_key);
  g_string_append_c (line, '\n');
  fixture->folder = g_dir_make_tmp ("tramxanh-officer-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "officer.key", NULL);
  g_assert_true (g_file_set_contents_full (fixture->path, line->str, -1, G_FILE_SET_CONTENTS_NONE,
                                           0600, NULL));
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_assert_cmpint (g_remove (fixture->path), ==, 0);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
test_reads_the_format (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_auto (TraceOfficerKey) key = { { 0 }, { 0 } };
  g_assert_true (trace_officer_key_open (fixture->path, PASSPHRASE, &key, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (key.public_key, sizeof key.public_key, fixture->public_key,
                   sizeof fixture->public_key);
  g_autofree char *line = trace_officer_public_to_line (key.public_key);
  char hex[65], *words = sodium_bin2hex (hex, sizeof hex, key.public_key, sizeof key.public_key);
  g_assert_true (g_str_has_prefix (line, "tramxanh-officer-public "));
  g_assert_true (g_str_has_suffix (g_strchomp (line), words));
}

static void
test_makes_a_key_that_opens (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_auto (TraceOfficerKey) key = { { 0 }, { 0 } };
  guint8 public_key[TRACE_OFFICER_KEY_SIZE], box[crypto_box_SEALBYTES + 5], text[5];
  g_autofree char *line = NULL;
  char hex[2 * TRACE_OFFICER_KEY_SIZE + 1];
  struct stat status;
  g_assert_cmpint (g_remove (fixture->path), ==, 0);
  g_assert_true (trace_officer_key_make (fixture->path, PASSPHRASE, public_key, &error));
  g_assert_no_error (error);
  g_assert_cmpint (stat (fixture->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_true (trace_officer_key_open (fixture->path, PASSPHRASE, &key, &error));
  g_assert_no_error (error);
  g_assert_cmpint (crypto_box_seal (box, (const guint8 *) "hello", 5, public_key), ==, 0);
  g_assert_cmpint (crypto_box_seal_open (text, box, sizeof box, key.public_key, key.secret_key), ==,
                   0);
  g_assert_cmpmem (text, sizeof text, "hello", 5);
  g_assert_true (g_file_get_contents (fixture->path, &line, NULL, NULL));
  g_assert_nonnull (strstr (line, sodium_bin2hex (hex, sizeof hex, key.public_key, 32)));
  g_assert_null (strstr (line, sodium_bin2hex (hex, sizeof hex, key.secret_key, 32)));
}

static void
test_refuses_a_wrong_passphrase (Fixture *fixture, gconstpointer unused)
{
  static const char *const wrong[] = { "", "ba con voi", PASSPHRASE " ", "Ba con voi con" };
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_auto (TraceOfficerKey) key = { { 0 }, { 0 } };
    g_assert_false (trace_officer_key_open (fixture->path, wrong[i], &key, &error));
    g_assert_error (error, TRACE_ERROR, TRACE_ERROR_REFUSED);
    g_assert_true (sodium_is_zero (key.secret_key, sizeof key.secret_key));
  }
}

// Any other digit in salt, nonce, box or public key, or another cost, opens nothing.
static void
test_refuses_a_changed_file (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *text = NULL;
  gsize len = 0;
  g_assert_true (g_file_get_contents (fixture->path, &text, &len, NULL));
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  for (guint word = 2; word < 8; word++) {
    g_autoptr (GError) error = NULL;
    g_auto (TraceOfficerKey) key = { { 0 }, { 0 } };
    g_auto (GStrv) changed = g_strdupv (words);
    changed[word][0] = word == 3 ? '9' : changed[word][0] == '1' ? '2' : '1';
    g_autofree char *line = g_strjoinv (" ", changed);
    g_assert_true (
        g_file_set_contents_full (fixture->path, line, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    g_assert_false (trace_officer_key_open (fixture->path, PASSPHRASE, &key, &error));
    g_assert_error (error, TRACE_ERROR, TRACE_ERROR_REFUSED);
  }
}

static void
test_refuses_what_is_no_key_file (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_auto (TraceOfficerKey) key = { { 0 }, { 0 } };
  TraceOfficerFile file;
  g_autofree char *text = NULL;
  gsize len = 0;
  g_assert_true (g_file_get_contents (fixture->path, &text, &len, NULL));
  for (gsize cut = 0; cut < len; cut++)
    g_assert_false (trace_officer_file_read (text, cut, &file));
  g_assert_true (trace_officer_file_read (text, len, &file));
  g_autofree char *longer = g_strconcat (text, "\n", NULL);
  g_assert_false (trace_officer_file_read (longer, len + 1, &file));

  g_assert_cmpint (g_chmod (fixture->path, 0640), ==, 0);
  g_assert_false (trace_officer_key_open (fixture->path, PASSPHRASE, &key, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_false (trace_officer_key_open (fixture->folder, PASSPHRASE, &key, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_false (trace_officer_key_open ("/nowhere/key", PASSPHRASE, &key, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_INPUT);
}

// A file may not ask for hours, or for all memory.
static void
test_bounds_the_cost (Fixture *fixture, gconstpointer unused)
{
  static const char *const costs[][2] = {
    { "0", "1024" },    { "17", "1024" }, { "1", "7" },
    { "1", "1048577" }, { "-1", "1024" }, { "1", "" },
  };
  g_autofree char *text = NULL;
  TraceOfficerFile file;
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  for (gsize i = 0; i < G_N_ELEMENTS (costs); i++) {
    g_autofree char *line = g_strjoin (" ", words[0], words[1], costs[i][0], costs[i][1], words[4],
                                       words[5], words[6], words[7], NULL);
    g_assert_false (trace_officer_file_read (line, strlen (line), &file));
  }
}

static void
test_makes_no_weak_or_second_key (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  guint8 public_key[TRACE_OFFICER_KEY_SIZE];
  g_assert_false (trace_officer_key_make (fixture->path, PASSPHRASE, public_key, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE);
  g_clear_error (&error);
  g_autofree char *other = g_build_filename (fixture->folder, "other.key", NULL);
  g_autofree char *long_one = g_strnfill (TRACE_OFFICER_PASSPHRASE_MAX + 1, 'x');
  g_assert_false (trace_officer_key_make (other, "too short", public_key, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_false (trace_officer_key_make (other, long_one, public_key, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_INPUT);
  g_assert_false (g_file_test (other, G_FILE_TEST_EXISTS));
}

#define ADD(path, function)                                                                        \
  g_test_add ("/trace/officer/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  ADD ("reads-the-format", test_reads_the_format);
  ADD ("makes-a-key-that-opens", test_makes_a_key_that_opens);
  ADD ("refuses-a-wrong-passphrase", test_refuses_a_wrong_passphrase);
  ADD ("refuses-a-changed-file", test_refuses_a_changed_file);
  ADD ("refuses-what-is-no-key-file", test_refuses_what_is_no_key_file);
  ADD ("bounds-the-cost", test_bounds_the_cost);
  ADD ("makes-no-weak-or-second-key", test_makes_no_weak_or_second_key);
  return g_test_run ();
}
