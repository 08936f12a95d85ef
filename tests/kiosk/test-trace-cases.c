// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanh-trace case, audit, officer-key and reveal: an officer's day.

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <sodium.h>

#include "kiosk/trace/trace-officer.h"
#include "trace-program.h"

#define HEADER     "subject,venue,zone,arrived,left,evidence,kiosk,seq\n"
#define AN         "000000000000000000000000000000a1"
#define BA         "000000000000000000000000000000b2"
#define CHI        "000000000000000000000000000000c3"
#define DUNG       "000000000000000000000000000000d4"
#define LAN        "BS. Lan"
#define PASSPHRASE "ba con voi con\n"
#define NAME_BA    "=Trần Thị Bá"
#define NAME_DUNG  "Lê Văn Dũng"

// An meets Ba, who meets Chi afterwards; Dung was never there.
static const char town[] = HEADER AN
    ",quan-an,main,1000000,1003600,qr,k1,1\n" BA ",quan-an,main,1001800,1005400,qr,k1,2\n" BA
    ",ben-xe,main,1010000,1012000,qr,k2,1\n" CHI ",ben-xe,main,1010600,1014000,qr,k2,2\n" DUNG
    ",ben-xe,main,1000000,1003600,qr,k2,3\n";

typedef struct {
  TraceProgram program;
  char *key;
} Fixture;

#define RUN(...)             trace_program_run (&fixture->program, NULL, __VA_ARGS__, NULL)
#define RUN_WITH(input, ...) trace_program_run (&fixture->program, input, __VA_ARGS__, NULL)
#define OUTPUT               fixture->program.output
#define ERRORS               fixture->program.errors

static void
set_up (Fixture *fixture, gconstpointer engine)
{
  trace_program_init (&fixture->program, (gpointer) engine);
  g_assert_cmpint (RUN_WITH (town, "import", "--any-date"), ==, 0);
  g_assert_cmpint (
      RUN ("case", "open", "--case", "C-1", "--officer", LAN, "--profile", "VN-2021-12"), ==, 0);
  g_assert_nonnull (strstr (ERRORS, "rule VN-2021-12, version 1"));
  fixture->key = g_build_filename (fixture->program.folder, "officer.key", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer engine)
{
  trace_program_clear (&fixture->program);
  g_free (fixture->key);
}

static void
add_an (Fixture *fixture)
{
  g_assert_cmpint (RUN ("case", "add", "--case", "C-1", "--officer", LAN, "--as", "F0-1",
                        "--subject", AN, "--onset", "1970-01-13"),
                   ==, 0);
  g_assert_cmpstr (OUTPUT, ==, "subject,before,after\n" AN ",,F0\n" BA ",,F1\n" CHI ",,F2\n");
}

static void
test_a_case_from_open_to_closed (Fixture *fixture, gconstpointer engine)
{
  add_an (fixture);
  g_assert_cmpint (RUN ("case", "levels", "--case", "C-1"), ==, 0);
  g_assert_cmpstr (OUTPUT, ==,
                   "level,subject,exposed_at,overlap_s,via,doubts,version,kept_before\n"
                   "0," AN ",0,0," AN ",0,2,0\n"
                   "1," BA ",1002700,1800," AN ",0,2,0\n"
                   "2," CHI ",1011500,1400," BA ",0,2,0\n");
  g_assert_cmpint (RUN ("case", "add", "--case", "C-1", "--officer", LAN, "--as", "F0-2",
                        "--subject", BA, "--sample", "1970-01-13", "--json"),
                   ==, 0);
  g_assert_cmpstr (OUTPUT, ==,
                   "{\"subject\":\"" BA "\",\"before\":\"F1\",\"after\":\"F0\"}\n"
                   "{\"subject\":\"" CHI "\",\"before\":\"F2\",\"after\":\"F1\"}\n");
  g_assert_cmpint (RUN ("case", "withdraw", "--case", "C-1", "--officer", LAN, "--as", "F0-1",
                        "--reason", "âm tính"),
                   ==, 0);
  g_assert_cmpstr (OUTPUT, ==, "subject,before,after\n" AN ",F0,F1\n");
  g_assert_cmpint (RUN ("case", "compute", "--case", "C-1", "--officer", LAN), ==, 0);
  g_assert_cmpstr (OUTPUT, ==, "subject,before,after\n");
  g_assert_cmpint (RUN ("case", "close", "--case", "C-1", "--officer", LAN, "--reason", "xong"), ==,
                   0);
  g_assert_cmpint (RUN ("case", "compute", "--case", "C-1", "--officer", LAN), ==, 1);
  g_assert_cmpint (RUN ("case", "list"), ==, 0);
  g_assert_true (g_str_has_prefix (OUTPUT, "case,rule,rule_version,opened_at,opened_by,closed_at,"
                                           "version\nC-1,VN-2021-12,1,"));
  g_assert_cmpint (RUN ("case", "levels", "--case", "C-1", "--json"), ==, 0);
  g_assert_true (g_str_has_prefix (OUTPUT, "{\"level\":0,\"subject\":\"" BA "\","));
}

static void
test_refuses_what_makes_no_sense (Fixture *fixture, gconstpointer engine)
{
  g_assert_cmpint (RUN ("case"), ==, 2);
  g_assert_cmpint (RUN ("case", "burn", "--case", "C-1", "--officer", LAN), ==, 2);
  g_assert_cmpint (RUN ("case", "open", "--officer", LAN), ==, 2);
  g_assert_cmpint (RUN ("case", "open", "--case", "C 2", "--officer", LAN), ==, 2);
  g_assert_cmpint (RUN ("case", "open", "--case", "C-2"), ==, 2);
  g_assert_cmpint (RUN ("case", "open", "--case", "C-1", "--officer", LAN), ==, 1);
  g_assert_cmpint (RUN ("case", "add", "--case", "C-1", "--officer", LAN, "--subject", AN), ==, 2);
  g_assert_cmpint (RUN ("case", "open", "--case", "C-2", "--officer", LAN, "--onset", "1970-01-13"),
                   ==, 2);
  g_assert_cmpint (RUN ("case", "add", "--case", "C-1", "--officer", LAN, "--subject", AN,
                        "--onset", "1970-01-13", "--profile", "WHO-2020"),
                   ==, 2);
  g_assert_cmpint (RUN ("case", "add", "--case", "C-9", "--officer", LAN, "--subject", AN,
                        "--onset", "1970-01-13"),
                   ==, 1);
  g_assert_cmpint (RUN ("case", "withdraw", "--case", "C-1", "--officer", LAN, "--as", "F0-1"), ==,
                   2);
  g_assert_cmpint (RUN ("case", "withdraw", "--case", "C-1", "--officer", LAN, "--as", "F0-1",
                        "--reason", "sai"),
                   ==, 1);
  g_assert_cmpint (RUN ("case", "levels", "--case", "C-9"), ==, 1);
  g_assert_cmpint (RUN ("case", "list", "--json"), ==, 0);
  g_assert_cmpint (strstr (OUTPUT, "\n") - OUTPUT + 1, ==, (int) strlen (OUTPUT)); // one case
}

static void
test_takes_a_phone_as_an_index_case (Fixture *fixture, gconstpointer engine)
{
  static const char keys[] = "{\"data\":[{\"daily_key\":"
                             "\"000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F\","
                             "\"time_start\":1036800,\"max\":96,\"time_end\":1123199}]}";
  const char *identity = "beacon:bluezone:130cea6472130c185d8643df";
  g_autofree char *path = trace_program_write (&fixture->program, "keys.json", keys, -1);
  g_assert_cmpint (RUN ("case", "add", "--case", "C-1", "--officer", LAN, "--as", "F0-1",
                        "--bluezone-keys", path, "--keys",
                        trace_keys_get_folder (fixture->program.keys), "--onset", "1970-01-13"),
                   ==, 1);
  g_assert_nonnull (strstr (ERRORS, "heard none so far"));
  TraceArrival arrival = { .venue = "cho", .zone = "main", .evidence = TRACE_EVIDENCE_BLE };
  arrival.arrived_s = 1036800;
  arrival.left_s = 1036800 + 900;
  arrival.kiosk = "k1";
  arrival.seq = 9;
  trace_keys_make_subject (fixture->program.keys, identity, strlen (identity), arrival.subject);
  trace_program_put (&fixture->program, &arrival);
  arrival.evidence = TRACE_EVIDENCE_QR;
  arrival.seq = 10;
  g_assert_true (trace_subject_read (DUNG, arrival.subject));
  trace_program_put (&fixture->program, &arrival);
  g_assert_cmpint (RUN ("case", "add", "--case", "C-1", "--officer", LAN, "--as", "F0-1",
                        "--bluezone-keys", path, "--keys",
                        trace_keys_get_folder (fixture->program.keys), "--onset", "1970-01-13"),
                   ==, 0);
  g_assert_nonnull (strstr (OUTPUT, DUNG ",,F1\n"));
}

static void
test_the_log_tells_all_of_it (Fixture *fixture, gconstpointer engine)
{
  add_an (fixture);
  g_assert_cmpint (RUN ("audit", "list", "--case", "C-1"), ==, 0);
  g_auto (GStrv) lines = g_strsplit (OUTPUT, "\n", -1);
  g_assert_cmpstr (lines[0], ==, "n,at,officer,action,case,reason,what");
  g_assert_nonnull (strstr (lines[1], "," LAN ",case-open,C-1,,VN-2021-12@1 "));
  g_assert_nonnull (strstr (lines[2], "," LAN ",case-add,C-1,,"));
  g_assert_nonnull (strstr (lines[2], ", known by 1: " AN));
  g_assert_nonnull (strstr (lines[3], "," LAN ",case-compute,C-1,,"));
  g_assert_cmpint (RUN ("audit", "list", "--json"), ==, 0);
  g_assert_true (g_str_has_prefix (OUTPUT, "{\"n\":1,\"at_ms\":"));

  g_assert_cmpint (RUN ("audit", "verify"), ==, 0);
  g_assert_true (g_str_has_prefix (OUTPUT, "3:"));
  g_autofree char *head = g_strdup (g_strchomp (OUTPUT));
  g_assert_cmpint (RUN ("case", "compute", "--case", "C-1", "--officer", LAN), ==, 0);
  g_assert_cmpint (RUN ("audit", "verify", "--head", head), ==, 0);
  g_assert_cmpint (RUN ("audit", "verify", "--head", "3:00"), ==, 2);
  head[2] = head[2] == '0' ? '1' : '0';
  g_assert_cmpint (RUN ("audit", "verify", "--head", head), ==, 1);

  g_autoptr (TraceStore) store = trace_program_open_store (&fixture->program);
  g_assert_true (trace_db_run_script (trace_store_get_db (store),
                                      "UPDATE audit SET officer = 'BS. Mai' WHERE n = 2;", NULL));
  g_assert_cmpint (RUN ("audit", "verify"), ==, 1);
  g_assert_nonnull (strstr (ERRORS, "entry 2 was changed"));
  g_assert_cmpstr (OUTPUT, ==, "");
}

static void
put_details (
    Fixture *fixture, const guint8 key[32], const char *subject, guint64 seq, const char *name)
{
  g_autoptr (TraceStore) store = trace_program_open_store (&fixture->program);
  const JournalOrigin origin = { { 0x11 }, { 0x22 } };
  g_autoptr (GBytes) content = g_bytes_new (name, strlen (name));
  g_autoptr (GBytes) box = journal_seal (key, JOURNAL_SEAL_DETAILS, &origin, seq, content);
  guint8 bytes[TRACE_SUBJECT_SIZE];
  gsize len = 0;
  const guint8 *data = g_bytes_get_data (box, &len);
  g_assert_true (trace_subject_read (subject, bytes));
  g_assert_true (trace_db_run (
      trace_store_get_db (store),
      "INSERT INTO detail (kiosk, epoch, seq, subject, box) VALUES ($1, $2, $3, $4, $5)",
      TRACE_VALUES (TRACE_BYTES (origin.kiosk, 16), TRACE_BYTES (origin.epoch, 16),
                    TRACE_INT ((gint64) seq), TRACE_BYTES (bytes, 16), TRACE_BYTES (data, len)),
      NULL, NULL));
}

static void
append_hex (GString *line, const guint8 *bytes, gsize len)
{
  char hex[129];
  g_string_append_printf (line, " %s", sodium_bin2hex (hex, sizeof hex, bytes, len));
}

// An officer's key file of the least cost, so that a test may open it often.
static void
write_key (Fixture *fixture, guint8 ret_public[32])
{
  guint8 secret[32], salt[16] = { 1 }, nonce[24] = { 2 }, key[32], box[16 + 32];
  g_autoptr (GString) line = g_string_new ("tramxanh-officer-key 1 1 8");
  g_assert_cmpint (crypto_box_keypair (ret_public, secret), ==, 0);
  g_assert_cmpint (crypto_pwhash (key, sizeof key, PASSPHRASE, strlen (PASSPHRASE) - 1, salt, 1,
                                  8 * 1024, crypto_pwhash_ALG_ARGON2ID13),
                   ==, 0);
  g_assert_cmpint (crypto_secretbox_easy (box, secret, sizeof secret, nonce, key), ==, 0);
  append_hex (line, salt, sizeof salt);
  append_hex (line, nonce, sizeof nonce);
  append_hex (line, box, sizeof box);
  append_hex (line, ret_public, 32);
  g_string_append_c (line, '\n');
  g_assert_true (
      g_file_set_contents_full (fixture->key, line->str, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

// A case with An, Ba and Chi, and what Ba and Dung told about themselves.
static void
prepare_reveal (Fixture *fixture)
{
  guint8 key[32], other_key[32], unused[32];
  add_an (fixture);
  write_key (fixture, key);
  put_details (fixture, key, BA, 2, NAME_BA);
  put_details (fixture, key, DUNG, 3, NAME_DUNG);
  g_assert_cmpint (crypto_box_keypair (other_key, unused), ==, 0);
  put_details (fixture, other_key, CHI, 4, "người khác");
}

static int
reveal (Fixture *fixture, const char *case_id, const char *subject, const char *passphrase)
{
  return trace_program_run (&fixture->program, passphrase, "reveal", "--case", case_id, "--key",
                            fixture->key, "--officer", LAN, "--reason", "gọi điện",
                            "--passphrase-fd", "0", subject != NULL ? "--subject" : NULL, subject,
                            NULL);
}

static void
assert_audited (Fixture *fixture, const char *words, gboolean is_there)
{
  g_autofree char *output = g_steal_pointer (&OUTPUT), *errors = g_steal_pointer (&ERRORS);
  g_assert_cmpint (RUN ("audit", "verify"), ==, 0);
  g_assert_cmpint (RUN ("audit", "list"), ==, 0);
  g_assert_cmpint (strstr (OUTPUT, words) != NULL, ==, is_there);
  g_free (OUTPUT);
  g_free (ERRORS);
  OUTPUT = g_steal_pointer (&output);
  ERRORS = g_steal_pointer (&errors);
}

static void
test_reveals_those_of_the_case (Fixture *fixture, gconstpointer engine)
{
  prepare_reveal (fixture);
  g_assert_cmpint (reveal (fixture, "C-1", NULL, PASSPHRASE), ==, 0);
  g_assert_cmpstr (OUTPUT, ==,
                   "subject,kiosk,seq,details\n" BA ",11000000000000000000000000000000,2,'" NAME_BA
                   "\n"); // no formula
  g_assert_nonnull (strstr (ERRORS, "1 boxes are sealed to another key"));
  assert_audited (fixture, LAN ",reveal,C-1,gọi điện," BA, TRUE);
  assert_audited (fixture, LAN ",reveal,C-1,gọi điện," CHI, TRUE);
  assert_audited (fixture, DUNG, FALSE);
  assert_audited (fixture, "Bá", FALSE);
  g_assert_cmpint (reveal (fixture, "C-1", BA, PASSPHRASE), ==, 0);
  g_assert_nonnull (strstr (OUTPUT, NAME_BA));
  g_assert_cmpint (reveal (fixture, "C-1", AN, PASSPHRASE), ==, 1); // told nothing
  g_assert_cmpstr (OUTPUT, ==, "");
}

// From the sealed box to the systems by which people are called, and back, to the letter.
static void
test_names_go_all_the_way (Fixture *fixture, gconstpointer engine)
{
  static const struct {
    const char *format, *words;
  } cases[] = {
    { "csv", ",'" NAME_BA "," },
    { "json", "\"name\":\"" NAME_BA "\"" },
    { "sormas-contacts", ",Thị Bá,'=Trần," },
    { "sormas-participants", ",Thị Bá,'=Trần," },
    { "godata", "\"firstName\":\"Thị Bá\",\"lastName\":\"=Trần\"" },
    { "iris", "\"firstName\":\"Thị Bá\",\"lastName\":\"=Trần\"" },
  };
  prepare_reveal (fixture);
  g_assert_cmpint (trace_program_run (&fixture->program, PASSPHRASE, "reveal", "--case", "C-1",
                                      "--key", fixture->key, "--officer", LAN, "--reason",
                                      "gọi điện", "--passphrase-fd", "0", "--json", NULL),
                   ==, 0);
  g_autofree char *revealed = g_steal_pointer (&OUTPUT);
  g_assert_cmpstr (revealed, ==, "{\"subject\":\"" BA "\",\"name\":\"" NAME_BA "\"}\n");
  g_autofree char *path = trace_program_write (&fixture->program, "revealed.ndjson", revealed, -1);
  g_autofree char *names = trace_program_get_path (&fixture->program, "names.ndjson");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_cmpint (RUN ("export", "--format", cases[i].format, "--officer", LAN, "--case", "C-1",
                          "--details", path),
                     ==, 0);
    g_autofree char *list = g_steal_pointer (&OUTPUT);
    g_test_message ("%s", cases[i].format);
    g_assert_nonnull (strstr (list, cases[i].words));
    g_assert_nonnull (strstr (list, CHI)); // whose box is another officer's
    g_assert_cmpint (RUN_WITH (list, "import", "--format", cases[i].format, "--dry-run",
                               "--any-date", "--details-to", names),
                     ==, 0);
    g_autofree char *back = trace_program_read (&fixture->program, "names.ndjson");
    g_assert_cmpstr (back, ==, revealed);
    g_assert_cmpint (g_unlink (names), ==, 0);
  }
}

static void
test_reveals_nothing_without_a_right (Fixture *fixture, gconstpointer engine)
{
  prepare_reveal (fixture);
  g_assert_cmpint (RUN_WITH (PASSPHRASE, "reveal", "--key", fixture->key, "--officer", LAN,
                             "--reason", "tò mò", "--passphrase-fd", "0"),
                   ==, 2);
  g_assert_nonnull (strstr (ERRORS, "--case ID is missing"));
  g_assert_cmpint (RUN_WITH (PASSPHRASE, "reveal", "--case", "C-1", "--key", fixture->key,
                             "--officer", LAN, "--passphrase-fd", "0"),
                   ==, 2);
  g_assert_cmpint (RUN_WITH (PASSPHRASE, "reveal", "--case", "C-1", "--key", fixture->key,
                             "--officer", LAN, "--reason", "", "--passphrase-fd", "0"),
                   ==, 2);
  g_assert_cmpstr (OUTPUT, ==, "");
  static const struct {
    const char *case_id, *subject, *passphrase, *message;
    int status;
  } cases[] = {
    { "C-9", NULL, PASSPHRASE, "there is no such case", 1 },
    { "C 9", NULL, PASSPHRASE, "there is no such case", 1 },
    { "C-1", DUNG, PASSPHRASE, "the subject is not in it", 1 },
    { "C-1", NULL, "ba con voi cái\n", "the passphrase does not open it", 1 },
    { "C-1", NULL, "", "the passphrase does not open it", 1 },
    { "C-1", "x", PASSPHRASE, "32 hexadecimal digits", 2 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].message);
    g_assert_cmpint (reveal (fixture, cases[i].case_id, cases[i].subject, cases[i].passphrase), ==,
                     cases[i].status);
    g_assert_cmpstr (OUTPUT, ==, "");
    g_assert_nonnull (strstr (ERRORS, cases[i].message));
    g_assert_null (strstr (ERRORS, "Dũng"));
  }
  assert_audited (fixture, LAN ",reveal-refused,C-1,gọi điện,refused: " DUNG, TRUE);
  assert_audited (fixture, LAN ",reveal-refused,C-9,", TRUE);
  assert_audited (fixture, ",reveal,", FALSE);
  g_assert_cmpint (RUN ("case", "close", "--case", "C-1", "--officer", LAN, "--reason", "xong"), ==,
                   0);
  g_assert_cmpint (reveal (fixture, "C-1", NULL, PASSPHRASE), ==, 1);
  g_assert_cmpstr (OUTPUT, ==, "");
  g_assert_nonnull (strstr (ERRORS, "it is closed"));
}

// Where the log cannot be written, nothing is opened.
static void
test_writes_the_log_before_it_opens (Fixture *fixture, gconstpointer engine)
{
  prepare_reveal (fixture);
  g_autoptr (TraceStore) store = trace_program_open_store (&fixture->program);
  g_assert_true (trace_db_run_script (trace_store_get_db (store), "DROP TABLE audit;", NULL));
  g_assert_cmpint (reveal (fixture, "C-1", NULL, PASSPHRASE), ==, 3);
  g_assert_cmpstr (OUTPUT, ==, "");
}

// Everything that a terminal shows until the child ends, answering each question.
static char *
talk_on_a_terminal (const char *const *argv, const char *answer, int *ret_status)
{
  int terminal = -1;
  g_autoptr (GString) shown = g_string_new (NULL);
  pid_t child = forkpty (&terminal, NULL, NULL, NULL);
  if (child == 0) {
    (void) execv (argv[0], (char *const *) argv);
    _exit (127);
  }
  gint64 deadline_us = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;
  for (guint n_asked = 0; g_get_monotonic_time () < deadline_us;) {
    struct pollfd event = { terminal, POLLIN, 0 };
    char bytes[256];
    if (poll (&event, 1, 1000) <= 0)
      continue;
    gssize n = read (terminal, bytes, sizeof bytes);
    if (n <= 0)
      break; // the child is gone
    g_string_append_len (shown, bytes, n);
    if (g_str_has_suffix (shown->str, ": ") && n_asked++ < 2)
      g_assert_cmpint (write (terminal, answer, strlen (answer)), ==, (gssize) strlen (answer));
  }
  (void) close (terminal);
  g_assert_cmpint (waitpid (child, ret_status, 0), ==, child);
  return g_strdup (shown->str);
}

static void
test_asks_on_the_terminal_without_an_echo (Fixture *fixture, gconstpointer engine)
{
  const char *const argv[] = { TX_BINARY_DIR "/kiosk/trace/tramxanh-trace", "officer-key", "new",
                               fixture->key, NULL };
  int status = 0;
  g_autofree char *shown = talk_on_a_terminal (argv, PASSPHRASE, &status);
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  g_assert_nonnull (strstr (shown, "Passphrase for the new key: "));
  g_assert_nonnull (strstr (shown, "Once more: "));
  g_assert_null (strstr (shown, "voi"));
  g_auto (TraceOfficerKey) key = { { 0 }, { 0 } };
  g_assert_true (trace_officer_key_open (fixture->key, "ba con voi con", &key, NULL));
}

static void
test_makes_a_key_for_the_core (Fixture *fixture, gconstpointer engine)
{
  guint8 key[32];
  gsize len = 0;
  g_assert_cmpint (trace_program_run_alone (&fixture->program, PASSPHRASE, "officer-key", "new",
                                            fixture->key, "--passphrase-fd", "0", NULL),
                   ==, 0);
  g_assert_true (g_str_has_prefix (OUTPUT, "tramxanh-officer-public "));
  g_assert_cmpint (sodium_hex2bin (key, sizeof key, OUTPUT + strlen ("tramxanh-officer-public "),
                                   64, NULL, &len, NULL),
                   ==, 0);
  g_autofree char *path = trace_program_write (&fixture->program, "new-officer.pub", OUTPUT, -1);
  g_assert_true (trace_keys_take_officer_key (fixture->program.keys, path, NULL));
  g_assert_cmpmem (trace_keys_get_officer_key (fixture->program.keys), 32, key, 32);
  add_an (fixture);
  put_details (fixture, key, BA, 2, NAME_BA);
  g_assert_cmpint (reveal (fixture, "C-1", NULL, PASSPHRASE), ==, 0);
  g_assert_nonnull (strstr (OUTPUT, NAME_BA));
}

static void
test_makes_no_key_over_another (Fixture *fixture, gconstpointer engine)
{
  g_autofree char *path = trace_program_write (&fixture->program, "officer.key", "mine\n", -1);
  g_autofree char *text = NULL;
  g_assert_cmpint (trace_program_run_alone (&fixture->program, PASSPHRASE, "officer-key", "new",
                                            path, "--passphrase-fd", "0", NULL),
                   ==, 3);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "mine\n");
  g_assert_cmpint (trace_program_run_alone (&fixture->program, "short\n", "officer-key", "new",
                                            "/nowhere/x", "--passphrase-fd", "0", NULL),
                   ==, 2);
  g_assert_cmpint (trace_program_run_alone (&fixture->program, "", "officer-key", "new", NULL), ==,
                   2);
}

static void
add_cases (TraceEngine *engine)
{
#define ADD(name, function)                                                                        \
  TRACE_ENGINE_ADD (engine, "cases", name, Fixture, set_up, function, tear_down)
  ADD ("a-case-from-open-to-closed", test_a_case_from_open_to_closed);
  ADD ("takes-a-phone-as-an-index-case", test_takes_a_phone_as_an_index_case);
  ADD ("the-log-tells-all-of-it", test_the_log_tells_all_of_it);
  ADD ("reveals-those-of-the-case", test_reveals_those_of_the_case);
  ADD ("names-go-all-the-way", test_names_go_all_the_way);
  ADD ("reveals-nothing-without-a-right", test_reveals_nothing_without_a_right);
  ADD ("writes-the-log-before-it-opens", test_writes_the_log_before_it_opens);
  if (trace_engine_is_postgres (engine))
    return;
  ADD ("refuses-what-makes-no-sense", test_refuses_what_makes_no_sense);
  ADD ("asks-on-the-terminal-without-an-echo", test_asks_on_the_terminal_without_an_echo);
  ADD ("makes-a-key-for-the-core", test_makes_a_key_for_the_core);
  ADD ("makes-no-key-over-another", test_makes_no_key_over_another);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  return trace_engines_run (add_cases);
}
