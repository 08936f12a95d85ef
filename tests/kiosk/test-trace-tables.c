// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Cells that no spreadsheet runs, and tables that no sheet cuts off.

#include <glib/gstdio.h>
#include <string.h>

#include "kiosk/trace/trace-bluezone-history.h"
#include "kiosk/trace/trace-csv.h"
#include "kiosk/trace/trace-table.h"
#include "tests/kiosk/trace-hostile.h"

#define ROWS_OF_A_COUNTRY 1100000

static const char *const vowels[] = { "a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y" };
static const char *const tones[] = { "", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323" };

// Every letter of Vietnamese with a mark on it, of both cases: 134.
static GPtrArray *
make_letters (GNormalizeMode mode)
{
  GPtrArray *letters = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < G_N_ELEMENTS (vowels); i++)
    for (guint j = 0; j < G_N_ELEMENTS (tones); j++) {
      g_autofree char *lower = g_strconcat (vowels[i], tones[j], NULL);
      g_autofree char *upper = g_utf8_strup (lower, -1);
      if (j == 0 && strlen (vowels[i]) == 1)
        continue;
      g_ptr_array_add (letters, g_utf8_normalize (lower, -1, mode));
      g_ptr_array_add (letters, g_utf8_normalize (upper, -1, mode));
    }
  g_ptr_array_add (letters, g_strdup ("đ"));
  g_ptr_array_add (letters, g_strdup ("Đ"));
  g_assert_cmpuint (letters->len, ==, 134);
  return letters;
}

static char *
write_and_restore (const char *field)
{
  g_autoptr (GString) cell = g_string_new (NULL);
  trace_csv_neutralise (cell, field);
  trace_csv_restore (cell->str);
  return g_strdup (cell->str);
}

static void
test_keeps_every_letter (void)
{
  static const GNormalizeMode modes[] = { G_NORMALIZE_NFC, G_NORMALIZE_NFD };
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autoptr (GPtrArray) letters = make_letters (modes[i]);
    for (guint j = 0; j < letters->len; j++) {
      const char *letter = g_ptr_array_index (letters, j);
      g_autoptr (GString) line = g_string_new (NULL);
      trace_csv_append (line, letter);
      g_assert_cmpstr (line->str, ==, letter);
      g_autofree char *formula = g_strconcat ("=", letter, NULL);
      g_string_truncate (line, 0);
      trace_csv_append (line, formula);
      g_assert_true (line->str[0] == '\'');
      g_assert_cmpstr (line->str + 1, ==, formula);
      g_autofree char *again = write_and_restore (formula);
      g_assert_cmpstr (again, ==, formula);
    }
  }
}

static void
test_neutralises_formulas (void)
{
  static const struct {
    const char *field, *cell;
  } cases[] = {
    { "Nguyễn Văn An", "Nguyễn Văn An" },
    { "=1+1", "'=1+1" },
    { "+84912345678", "'+84912345678" },
    { "-2", "'-2" },
    { "@SUM(A1)", "'@SUM(A1)" },
    { "\tx", "'\tx" },
    { "\rx", "'\rx" },
    { "\nx", "'\nx" },
    { "＝1+1", "'＝1+1" },
    { "＋1", "'＋1" },
    { "－1", "'－1" },
    { "＠x", "'＠x" },
    { "  =1", "'  =1" },
    { "\u00a0=1", "'\u00a0=1" },
    { "\u3000\u200b=1", "'\u3000\u200b=1" },
    { "'=1", "''=1" },
    { "'1", "'1" },
    { "\"=1", "'\"=1" },
    { "a\n=1", "a\n'=1" },
    { "a\r\n=1\r\nb", "a\r\n'=1\r\nb" },
    { "a\r\n\r\nb", "a\r\n\r\nb" },
    { "a;=1", "a;'=1" },
    { "a,+1;-2\t@", "a,'+1;'-2\t'@" },
    { "quán-an (2+3)", "quán-an (2+3)" },
    { "", "" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GString) cell = g_string_new (NULL);
    trace_csv_neutralise (cell, cases[i].field);
    g_assert_cmpstr (cell->str, ==, cases[i].cell);
    trace_csv_restore (cell->str);
    g_assert_cmpstr (cell->str, ==, cases[i].field);
  }
}

// Anything at all comes back, also what is not UTF-8, and also what already looks neutralised.
static void
test_restores_anything (void)
{
  static const char *const pieces[] = { "=",    "'",    "\"", " ", "\t", "\n",           "\r",
                                        ",",    ";",    "-",  "a", "ệ",  "\xEF\xBC\x9D", "\xC2\xA0",
                                        "\xFF", "\xE2", "|" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  for (guint i = 0; i < 200000; i++) {
    g_autoptr (GString) field = g_string_new (NULL);
    for (int n = g_rand_int_range (rand, 0, 9); n > 0; n--)
      g_string_append (field, pieces[g_rand_int_range (rand, 0, (gint32) G_N_ELEMENTS (pieces))]);
    g_autofree char *again = write_and_restore (field->str);
    g_assert_cmpstr (again, ==, field->str);
  }
}

static char *
read_cell (const char *line, gsize n)
{
  FILE *stream = fmemopen ((void *) line, strlen (line), "r");
  TraceFault fault = TRACE_FAULT_NONE;
  g_autofree TraceInput *input = trace_input_new (stream, &fault);
  g_autoptr (TraceCsvReader) reader = trace_csv_reader_new (input, '\0');
  char *const *fields = NULL;
  gsize n_fields = 0;
  g_assert_cmpint (trace_csv_reader_next (reader, &fields, &n_fields), ==, TRACE_FAULT_NONE);
  g_assert_cmpuint (n_fields, >, n);
  char *cell = g_strdup (fields[n]);
  (void) fclose (stream); // only read
  return cell;
}

static void
test_hostile_fields_come_back (void)
{
  static const char separators[] = ",;\t";
  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++)
    for (guint j = 0; separators[j] != '\0'; j++) {
      g_autoptr (GString) line = g_string_new ("first");
      for (guint n = 0; n < 4; n++)
        g_string_append_c (line, separators[j]);
      trace_csv_append_separated (line, hostile[i], separators[j]);
      g_string_append (line, "\r\n");
      g_autofree char *cell = read_cell (line->str, 4);
      g_assert_cmpstr (cell, ==, hostile[i]);
    }
}

static void
test_reads_records (void)
{
  static const struct {
    const char *text;
    TraceFault fault;
    gsize n_fields; // of the second record
  } cases[] = {
    { "a,b\r\nc,d\r\n", TRACE_FAULT_NONE, 2 },
    { "a,b\nc,d", TRACE_FAULT_NONE, 2 },
    { "a,b\rc,d\r", TRACE_FAULT_NONE, 2 },
    { "\xEF\xBB\xBF"
      "a,b\nc,\"d\ne, \"\"f\"\"\"\n",
      TRACE_FAULT_NONE, 2 },
    { "a,b\nc,\"d", TRACE_FAULT_QUOTES, 0 },
    { "a,b\nc,\"d\"e\n", TRACE_FAULT_QUOTES, 0 },
    { "a,b\n\n", TRACE_FAULT_NONE, 1 },
    { "a;b;c\nd,;e;f", TRACE_FAULT_NONE, 3 },
    { "a\tb\nd,;\te", TRACE_FAULT_NONE, 2 },
    { "a,b\n", TRACE_FAULT_NONE, 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    FILE *stream = fmemopen ((void *) cases[i].text, strlen (cases[i].text), "r");
    TraceFault fault = TRACE_FAULT_NONE;
    g_autofree TraceInput *input = trace_input_new (stream, &fault);
    g_autoptr (TraceCsvReader) reader = trace_csv_reader_new (input, '\0');
    char *const *fields = NULL;
    gsize n_fields = 0;
    g_assert_cmpint (trace_csv_reader_next (reader, &fields, &n_fields), ==, TRACE_FAULT_NONE);
    g_assert_cmpstr (fields[0], ==, "a");
    g_assert_cmpint (trace_csv_reader_next (reader, &fields, &n_fields), ==, cases[i].fault);
    g_assert_cmpuint (n_fields, ==, cases[i].n_fields);
    (void) fclose (stream); // only read
  }
}

static void
test_sightings_come_back (void)
{
  static const char line[] =
      "0102030405060708090A0B0C\tF0F1F2F3F4F5F6F7F8F9FAFB\t-67\t1605000000123";
  TraceSighting sighting, again = { .rssi_dbm = 0 };
  const char *column = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_assert_cmpint (trace_sighting_read (line, &sighting, &column), ==, TRACE_FAULT_NONE);
  trace_sighting_read_seq (trace_sighting_make_seq (&sighting), &again);
  g_assert_cmpint (again.rssi_dbm, ==, -67);
  g_assert_cmpint (again.time_ms, ==, 1605000000123);
  trace_sighting_write (&sighting, text);
  g_string_truncate (text, text->len - 1);
  g_assert_cmpstr (text->str, ==, line);
  g_assert_cmpint (trace_sighting_read ("01\t02\t-67\t1", &sighting, &column), ==,
                   TRACE_FAULT_SIGHTING_ID);
  g_assert_cmpstr (column, ==, "own");
}

// As many rows as England once lost, and then some.
static void
test_splits_a_large_table (void)
{
  static const char *const header[] = { "a", "b", NULL };
  const TraceTableForm form = { ',', TRUE, TRACE_TABLE_ROW_LIMIT, header, NULL, "Hà", "x/1" };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("tramxanh-table-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "all.csv", NULL);
  g_autoptr (TraceOutput) output = trace_output_new (path);
  g_autoptr (TraceTable) table = trace_table_new (output, &form);
  for (guint i = 0; i < ROWS_OF_A_COUNTRY; i++) {
    const char *const fields[] = { "1", "=2" };
    g_assert_true (trace_table_add (table, fields, &error));
  }
  g_assert_true (trace_table_finish (table, &error));
  const TraceManifest manifest = { "x/1", "csv", "Hà", NULL, 0 };
  g_assert_true (trace_output_finish (output, &manifest, &error));
  gint64 n_rows = 0;
  for (guint part = 1; part <= 2; part++) {
    g_autofree char *name = g_strdup_printf ("all-%u.csv", part);
    g_autofree char *part_path = g_build_filename (folder, name, NULL);
    g_autofree char *text = NULL;
    g_assert_true (g_file_get_contents (part_path, &text, NULL, &error));
    g_assert_true (g_str_has_prefix (text, "\xEF\xBB\xBF"
                                           "a,b\r\n1,'=2\r\n"));
    g_autofree char *end = g_strdup (strrchr (text, '#'));
    gint64 n_of_part = g_ascii_strtoll (end + strlen ("#rows,"), NULL, 10);
    gint64 n_lines = 0;
    for (const char *at = text; (at = strchr (at, '\n')) != NULL; at++)
      n_lines++;
    g_assert_cmpint (n_lines, ==, n_of_part + 2);
    g_assert_cmpint (n_lines, <=, TRACE_TABLE_ROW_LIMIT + 1); // a sheet
    n_rows += n_of_part;
    g_assert_cmpint (g_remove (part_path), ==, 0);
  }
  g_assert_cmpint (n_rows, ==, ROWS_OF_A_COUNTRY);
  g_autofree char *manifest_path = g_strconcat (path, ".manifest.json", NULL);
  g_assert_cmpint (g_remove (manifest_path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trace/tables/keeps-every-letter", test_keeps_every_letter);
  g_test_add_func ("/trace/tables/neutralises-formulas", test_neutralises_formulas);
  g_test_add_func ("/trace/tables/restores-anything", test_restores_anything);
  g_test_add_func ("/trace/tables/hostile-fields-come-back", test_hostile_fields_come_back);
  g_test_add_func ("/trace/tables/reads-records", test_reads_records);
  g_test_add_func ("/trace/tables/sightings-come-back", test_sightings_come_back);
  g_test_add_func ("/trace/tables/splits-a-large-table", test_splits_a_large_table);
  return g_test_run ();
}
