// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// bench-trace [--stays N] [--folder DIR] [--no-sql] [--index-only] [--keep]: who met whom in a
// province, asked of the core, of arrays in memory, of SQLite and of PostgreSQL. All must say the
// same. What happens in this process is told in time of its CPU, PostgreSQL and the command in time
// of the clock.

#include <fcntl.h>
#include <glib/gstdio.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kiosk/trace/trace-index-part.h"
#include "kiosk/trace/trace-index.h"
#include "kiosk/trace/trace-search.h"
#include "rival.h"

#define SEED        20261124
#define REPEATS     5
#define LEVELS      3
#define DAY_S       86400
#define RUN_COMMAND "--run-command"
#define BATCH       100000
#define F1_LEAST    70
#define F1_MOST     960
#define TABLES_MAX  2000000 // stays: with more of them the tables alone take too long

extern char **environ;

typedef struct {
  int stays;
  char *folder;
  gboolean no_sql, keep, index_only;
} Options;

double
rival_now_s (void)
{
  return (double) g_get_monotonic_time () / G_USEC_PER_SEC;
}

double
rival_cpu_s (void)
{
  struct timespec now;
  (void) clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

void
rival_answer_init (RivalAnswer *answer, const Province *province)
{
  *answer = (RivalAnswer){ .level = g_new0 (guint8, (gsize) province->n_subjects + 1),
                           .exposed_s = g_new0 (guint32, (gsize) province->n_subjects + 1) };
}

void
rival_answer_clear (RivalAnswer *answer)
{
  g_free (answer->level);
  g_free (answer->exposed_s);
}

static guint32 *
sort_by_arrival (const Province *province)
{
  const guint32 n_seconds = (PROVINCE_DAYS + 1) * DAY_S;
  g_autofree guint32 *next = g_new0 (guint32, (gsize) n_seconds + 1);
  guint32 *order = g_new (guint32, province->n_stays);
  for (gsize i = 0; i < province->n_stays; i++)
    next[province->stays[i].arrived_s - PROVINCE_BEGIN_S + 1]++;
  for (guint32 i = 1; i <= n_seconds; i++)
    next[i] += next[i - 1];
  for (gsize i = 0; i < province->n_stays; i++)
    order[next[province->stays[i].arrived_s - PROVINCE_BEGIN_S]++] = (guint32) i;
  return order;
}

static void
write_key (guint32 subject, guint8 ret_key[TRACE_SUBJECT_SIZE])
{
  guint64 z = subject * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  memset (ret_key, 0, TRACE_SUBJECT_SIZE);
  memcpy (ret_key, &z, sizeof z);
  memcpy (ret_key + 12, &subject, sizeof subject);
}

static double
size_of (const char *path)
{
  GStatBuf status;
  return g_stat (path, &status) == 0 ? (double) status.st_size : 0;
}

static TraceStore *
open_store (const char *uri)
{
  g_autoptr (GError) error = NULL;
  const TraceOpenStays open_stays = { PROVINCE_BEGIN_S + PROVINCE_DAYS * DAY_S, 57600 };
  TraceStore *store = trace_store_open (uri, &open_stays, &error);
  if (store == NULL)
    g_error ("%s", error->message);
  return store;
}

// As an import does: batches, in the order of time.
static void
fill_store (TraceStore *store, const Province *province)
{
  g_autoptr (GError) error = NULL;
  g_autofree TraceArrival *arrivals = g_new (TraceArrival, BATCH);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree guint32 *order = sort_by_arrival (province);
  gboolean ok = trace_store_begin (store, &error);
  for (guint32 i = 0; i <= province->n_places; i++)
    g_ptr_array_add (names, g_strdup_printf ("venue-%05u", i));
  for (gsize first = 0; ok && first < province->n_stays; first += BATCH) {
    gsize n = MIN (BATCH, province->n_stays - first);
    gint64 n_new = 0;
    for (gsize i = 0; i < n; i++) {
      const ProvinceStay *stay = &province->stays[order[first + i]];
      arrivals[i] = (TraceArrival){
        .venue = g_ptr_array_index (names, stay->place),
        .zone = "main",
        .arrived_s = stay->arrived_s,
        .left_s = stay->left_s,
        .evidence = stay->subject > province->n_people ? TRACE_EVIDENCE_STAFF : TRACE_EVIDENCE_QR,
        .kiosk = g_ptr_array_index (names, stay->place),
        .seq = (gint64) (first + i) + 1,
      };
      write_key (stay->subject, arrivals[i].subject);
    }
    ok = trace_store_put_many (store, arrivals, n, &n_new, &error) &&
         trace_store_commit (store, &error) && trace_store_begin (store, &error);
  }
  if (!ok || !trace_store_commit (store, &error))
    g_error ("%s", error->message);
}

typedef struct {
  RivalAnswer *answer;
  double began_s;
} Watch;

static gboolean
on_progress (guint level, gsize n_done, gsize n_members, const GArray *contacts, gpointer user_data)
{
  Watch *watch = user_data;
  if (contacts == NULL)
    return TRUE;
  watch->answer->took_s[level] = rival_cpu_s () - watch->began_s;
  watch->began_s = rival_cpu_s ();
  return TRUE;
}

static guint32
find_number (TraceStore *store, guint32 subject)
{
  g_autoptr (GError) error = NULL;
  guint8 key[TRACE_SUBJECT_SIZE];
  guint32 number = 0;
  write_key (subject, key);
  if (!trace_store_find_subject (store, key, &number, &error))
    g_error ("%s", error->message);
  return number;
}

static void
ask_core (TraceStore *store, TraceSource *source, const RivalQuestion *rival, RivalAnswer *answer)
{
  g_autoptr (GError) error = NULL;
  const TraceQuestion question = {
    .from_s = rival->from_s,
    .to_s = rival->to_s,
    .levels = rival->levels,
    .window_s = rival->window_s,
    .min_overlap_s = rival->min_overlap_s,
  };
  guint8 key[TRACE_SUBJECT_SIZE];
  const TraceLimit limit = { find_number (store, rival->subject), question.from_s, question.to_s,
                             FALSE };
  const TraceSeed seed = { &limit, 1 };
  Watch watch = { answer, rival_cpu_s () };
  g_autoptr (TraceAnswer) found =
      trace_search (source, &seed, 1, &question, on_progress, &watch, &error);
  if (found == NULL)
    g_error ("%s", error->message);
  answer->n_touched[0] = (double) found->n_touched;
  for (guint i = 0; i < found->contacts->len; i++) {
    const TraceContact *contact = &g_array_index (found->contacts, TraceContact, i);
    guint32 subject = 0;
    if (!source->get_key (source, contact->subject, key, &error))
      g_error ("%s", error->message);
    memcpy (&subject, key + 12, sizeof subject);
    answer->level[subject] = contact->level;
    answer->exposed_s[subject] = (guint32) contact->exposed_s;
    answer->n[contact->level]++;
  }
}

static void
compare (const char *who,
         const Province *province,
         const RivalAnswer *one,
         const RivalAnswer *other)
{
  for (guint32 i = 1; i <= province->n_subjects; i++)
    if (one->level[i] != other->level[i] ||
        (one->level[i] > 0 && one->exposed_s[i] != other->exposed_s[i]))
      g_error ("%s: subject %u has level %u at %u, and not level %u at %u", who, i, one->level[i],
               one->exposed_s[i], other->level[i], other->exposed_s[i]);
}

static double
total (const double *numbers)
{
  double sum = 0;
  for (guint level = 1; level <= LEVELS; level++)
    sum += numbers[level];
  return sum;
}

static void
print_row (const char *who, const RivalAnswer *answer, double n_touched, double fastest_s)
{
  double took_s = total (answer->took_s);
  (void) printf ("%-28s %9.2f %9.2f %10.2f %10.2f", who, 1e3 * answer->took_s[1],
                 1e3 * answer->took_s[2], 1e3 * answer->took_s[3], 1e3 * took_s);
  if (n_touched > 0)
    (void) printf (" %9.1f %9.0f", n_touched / 1e6, n_touched / took_s / 1e6);
  else
    (void) printf (" %9s %9s", "", "");
  (void) printf (" %8.2f\n", took_s / fastest_s);
  (void) fflush (stdout);
}

// The median by the sum of its levels.
static void
keep_median (RivalAnswer *answers, guint n, RivalAnswer *ret_median)
{
  for (guint i = 1; i < n; i++)
    for (guint k = i; k > 0 && total (answers[k - 1].took_s) > total (answers[k].took_s); k--) {
      RivalAnswer kept = answers[k];
      answers[k] = answers[k - 1];
      answers[k - 1] = kept;
    }
  for (guint i = 0; i < n; i++)
    if (i != n / 2)
      rival_answer_clear (&answers[i]);
  *ret_median = answers[n / 2];
}

static gboolean
choose_index_case (const Province *province, const Reference *reference, RivalQuestion *question)
{
  for (question->subject = 1; question->subject <= province->n_people; question->subject++) {
    RivalQuestion first = *question;
    RivalAnswer answer;
    rival_answer_init (&answer, province);
    first.levels = 1;
    reference_search (reference, &first, &answer);
    guint n = answer.n[1];
    rival_answer_clear (&answer);
    if (n >= F1_LEAST && n <= F1_MOST)
      return TRUE;
  }
  return FALSE;
}

// The command itself, from its start to its end; what it needs of memory. @argv ends with the
// limit.
static int
run_command (char *const *argv)
{
  posix_spawn_file_actions_t actions;
  struct rusage usage = { 0 };
  pid_t child = 0;
  int status = 0;
  double began_s = rival_now_s ();
  (void) posix_spawn_file_actions_init (&actions);
  (void) posix_spawn_file_actions_addopen (&actions, 1, "/dev/null", O_WRONLY, 0);
  (void) posix_spawn_file_actions_addopen (&actions, 2, "/dev/null", O_WRONLY, 0);
  if (posix_spawn (&child, argv[0], &actions, NULL, argv, environ) != 0 ||
      wait4 (child, &status, 0, &usage) != child || status != 0)
    g_error ("%s: failed", argv[0]);
  (void) posix_spawn_file_actions_destroy (&actions);
  double cpu_s = (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                 (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  (void) printf ("command, --limit %-6s %10.2f s, of CPU %.2f s; %.0f MiB resident (the mapped"
                 " index counts)\n",
                 argv[g_strv_length ((char **) argv) - 1], rival_now_s () - began_s, cpu_s,
                 (double) usage.ru_maxrss / 1024);
  return 0;
}

// Through a process of our own that is small: what is resident is also what was, before the exec.
static void
time_command (const char *uri, const RivalQuestion *question, const char *limit)
{
  g_autoptr (GError) error = NULL;
  guint8 key[TRACE_SUBJECT_SIZE];
  char subject[33], from[16], to[16];
  int status = 0;
  write_key (question->subject, key);
  trace_subject_write (key, subject);
  (void) g_snprintf (from, sizeof from, "%u", question->from_s);
  (void) g_snprintf (to, sizeof to, "%u", question->to_s);
  const char *argv[] = { "/proc/self/exe",
                         RUN_COMMAND,
                         TX_BINARY_DIR "/kiosk/trace/tramxanh-trace",
                         "contacts",
                         "--store",
                         uri,
                         "--subject",
                         subject,
                         "--from",
                         from,
                         "--to",
                         to,
                         "--limit",
                         limit,
                         NULL };
  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, NULL,
                     NULL, &status, &error) ||
      !g_spawn_check_wait_status (status, &error))
    g_error ("%s", error->message);
}

static void
run (TraceStore *store, const char *sql, const TraceValue *values, gsize n_values)
{
  g_autoptr (GError) error = NULL;
  if (!trace_db_run (trace_store_get_db (store), sql, values, n_values, NULL, &error))
    g_error ("%s", error->message);
}

// The names that a store would have beside its stays; it has no stays.
static void
fill_names (TraceStore *store, const Province *province, guint32 subject)
{
  guint8 key[TRACE_SUBJECT_SIZE];
  for (guint32 i = 1; i <= province->n_places; i++) {
    char venue[16];
    (void) g_snprintf (venue, sizeof venue, "venue-%05u", i);
    write_key (province->n_people + i, key);
    run (store, "INSERT INTO place (id, venue, zone) VALUES ($1, $2, 'main')",
         TRACE_VALUES (TRACE_INT (i), TRACE_TEXT (venue)));
    run (store, "INSERT INTO subject (id, key, is_staff) VALUES ($1, $2, 1)",
         TRACE_VALUES (TRACE_INT (province->n_people + i), TRACE_BYTES (key, sizeof key)));
  }
  write_key (subject, key);
  run (store, "INSERT INTO subject (id, key) VALUES ($1, $2)",
       TRACE_VALUES (TRACE_INT (subject), TRACE_BYTES (key, sizeof key)));
}

static void
copy_stays (TraceIndexBuild *build, const Province *province)
{
  g_autoptr (GArray) stays = g_array_new (FALSE, FALSE, sizeof (TraceIndexStay));
  for (gsize i = 0; i < province->n_stays;) {
    guint32 place = province->stays[i].place;
    g_array_set_size (stays, 0);
    for (; i < province->n_stays && province->stays[i].place == place; i++) {
      const ProvinceStay *stay = &province->stays[i];
      TraceIndexStay packed;
      (void) trace_index_stay_pack (
          stay->subject, stay->arrived_s, stay->left_s - stay->arrived_s, 0,
          stay->subject > province->n_people ? TRACE_EVIDENCE_STAFF : TRACE_EVIDENCE_QR, 0,
          &packed); // none is odd
      g_array_append_val (stays, packed);
    }
    trace_index_build_add (build, place, (TraceIndexStay *) (void *) stays->data, stays->len);
  }
}

// What an index of so many stays is, without the hour that the store takes.
static void
build_alone (TraceStore *store, const char *path, const Province *province, guint32 subject)
{
  const TraceIndexCounts counts = {
    .n_stays = province->n_stays,
    .n_places = province->n_places,
    .n_subjects = province->n_subjects,
    .n_keys = province->n_subjects,
    .build_id = "of a bench",
  };
  gsize n_bytes = trace_index_part_size (&counts);
  double began_s = rival_cpu_s ();
  int fd = g_open (path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  guint8 *bytes = fd >= 0 && ftruncate (fd, (off_t) n_bytes) == 0
                      ? mmap (NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                      : MAP_FAILED;
  if (bytes == MAP_FAILED)
    g_error ("%s: cannot be made", path);
  TraceIndexBuild *build = trace_index_build_new (bytes, &counts);
  copy_stays (build, province);
  for (guint32 i = 1; i <= province->n_subjects; i++) {
    guint8 key[TRACE_SUBJECT_SIZE];
    write_key (i, key);
    trace_index_build_set_key (build, i, key);
  }
  if (!trace_index_build_finish (build))
    g_error ("the index cannot be built");
  (void) munmap (bytes, n_bytes);
  (void) close (fd);
  run (store, "BEGIN", TRACE_NO_VALUES);
  fill_names (store, province, subject);
  run (store, "UPDATE stay_index SET build_id = $1, limit_id = 1000",
       TRACE_VALUES (TRACE_BYTES (counts.build_id, sizeof counts.build_id)));
  run (store, "COMMIT", TRACE_NO_VALUES);
  (void) printf ("index alone: of CPU %.1f s; %.2f bytes a stay\n", rival_cpu_s () - began_s,
                 (double) n_bytes / (double) province->n_stays);
}

static void
fill_and_build (TraceStore *store, const char *path, const Province *province, gboolean is_there)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *index_path = g_strconcat (path, ".index", NULL);
  double n = (double) province->n_stays, began_s = rival_now_s (), began_cpu_s = rival_cpu_s ();
  if (!is_there) {
    fill_store (store, province);
    (void) printf ("store: %.1f s, of CPU %.1f s; %.1f bytes a stay\n", rival_now_s () - began_s,
                   rival_cpu_s () - began_cpu_s, size_of (path) / n);
  }
  began_s = rival_now_s ();
  began_cpu_s = rival_cpu_s ();
  if (!trace_index_build (store, index_path, &error))
    g_error ("%s", error->message);
  (void) printf ("index: %.1f s, of CPU %.1f s; %.2f bytes a stay\n", rival_now_s () - began_s,
                 rival_cpu_s () - began_cpu_s, size_of (index_path) / n);
}

static void
run_core (const Options *options,
          const Province *province,
          const RivalQuestion *question,
          const RivalAnswer *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (options->folder, "core.db", NULL);
  g_autofree char *uri = g_strconcat ("sqlite:", path, NULL);
  g_autofree char *index_path = trace_index_path (uri);
  gboolean is_there = g_file_test (path, G_FILE_TEST_EXISTS);
  g_autoptr (TraceStore) store = open_store (uri);
  RivalAnswer answers[REPEATS], median;
  TraceIndexState state = TRACE_INDEX_ABSENT;
  if (options->index_only)
    build_alone (store, index_path, province, question->subject);
  else
    fill_and_build (store, path, province, is_there);
  double began_s = rival_now_s ();
  g_autoptr (TraceIndex) index = trace_index_open (store, index_path, &state, &error);
  if (index == NULL)
    g_error ("the index that was just built is not fresh");
  (void) printf ("index: opened in %.1f ms\n\n", 1e3 * (rival_now_s () - began_s));
  (void) printf ("%-28s %9s %9s %10s %10s %9s %9s %8s\n", "ms of CPU", "F1", "F2", "F3", "all",
                 "M touched", "M/s", "x ref");
  print_row ("arrays in memory", wanted, total (wanted->n_touched), total (wanted->took_s));
  for (guint i = 0; i < REPEATS; i++) {
    rival_answer_init (&answers[i], province);
    ask_core (store, trace_index_get_source (index), question, &answers[i]);
    compare ("core", province, wanted, &answers[i]);
    if (i == 0)
      print_row ("core, index, first time", &answers[0], answers[0].n_touched[0],
                 total (wanted->took_s));
  }
  keep_median (answers, REPEATS, &median);
  print_row ("core, index, warm", &median, median.n_touched[0], total (wanted->took_s));
  rival_answer_clear (&median);
  if (province->n_stays <= TABLES_MAX && !options->index_only) {
    rival_answer_init (&median, province);
    ask_core (store, trace_store_get_source (store), question, &median);
    compare ("core, tables", province, wanted, &median);
    print_row ("core, tables", &median, median.n_touched[0], total (wanted->took_s));
    rival_answer_clear (&median);
  }
  time_command (uri, question, "0");
  time_command (uri, question, "1000");
  if (!options->keep) {
    (void) g_unlink (path);
    (void) g_unlink (index_path);
  }
}

static void
run_sql (Sql *sql,
         const char *name,
         double loaded_s,
         const Province *province,
         const RivalQuestion *question,
         const RivalAnswer *wanted)
{
  if (sql == NULL) {
    (void) printf ("%-28s is not to be had here\n", name);
    return;
  }
  g_autofree char *who =
      g_strdup_printf ("%s, %.0f B a stay, %.0f s", name,
                       sql_get_bytes (sql) / (double) province->n_stays, loaded_s);
  RivalQuestion warm = *question;
  RivalAnswer answer;
  warm.levels = 2;
  rival_answer_init (&answer, province);
  sql_search (sql, &warm, &answer);
  rival_answer_clear (&answer);
  rival_answer_init (&answer, province);
  sql_search (sql, question, &answer);
  compare (name, province, wanted, &answer);
  print_row (who, &answer, 0, total (wanted->took_s));
  rival_answer_clear (&answer);
  sql_free (sql);
}

static void
run_all (const Options *options, const Province *province)
{
  RivalQuestion question = {
    .from_s = PROVINCE_BEGIN_S + 12 * DAY_S,
    .to_s = PROVINCE_BEGIN_S + PROVINCE_DAYS * DAY_S,
    .min_overlap_s = 900,
    .window_s = DAY_S,
    .levels = LEVELS,
  };
  RivalAnswer answers[REPEATS], wanted;
  Reference *reference = reference_new (province);
  if (!choose_index_case (province, reference, &question))
    g_error ("nobody has met %u to %u people", F1_LEAST, F1_MOST);
  for (guint i = 0; i < REPEATS; i++) {
    rival_answer_init (&answers[i], province);
    reference_search (reference, &question, &answers[i]);
  }
  keep_median (answers, REPEATS, &wanted);
  reference_free (reference);
  (void) printf ("index case %u: %u F1, %u F2, %u F3 within nine days\n", question.subject,
                 wanted.n[1], wanted.n[2], wanted.n[3]);
  run_core (options, province, &question, &wanted);
  if (!options->no_sql) {
    double began_s = rival_now_s ();
    Sql *sql = sql_sqlite_new (province, options->folder);
    run_sql (sql, "SQLite", rival_now_s () - began_s, province, &question, &wanted);
    began_s = rival_now_s ();
    sql = sql_postgres_new (province, options->folder);
    run_sql (sql, "PostgreSQL", rival_now_s () - began_s, province, &question, &wanted);
  }
  rival_answer_clear (&wanted);
}

int
main (int argc, char **argv)
{
  Options options = { .stays = 1000000 };
  const GOptionEntry entries[] = {
    { "stays", 0, 0, G_OPTION_ARG_INT, &options.stays, "How many (1000000)", "N" },
    { "folder", 0, 0, G_OPTION_ARG_FILENAME, &options.folder, "Where files go", "DIR" },
    { "no-sql", 0, 0, G_OPTION_ARG_NONE, &options.no_sql, "Without SQLite and PostgreSQL", NULL },
    { "index-only", 0, 0, G_OPTION_ARG_NONE, &options.index_only,
      "An index with no store of stays behind it", NULL },
    { "keep", 0, 0, G_OPTION_ARG_NONE, &options.keep, "Keep the store, use one that is there",
      NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  gboolean is_own = FALSE;
  if (argc > 2 && g_str_equal (argv[1], RUN_COMMAND))
    return run_command (argv + 2);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || options.stays < 10000) {
    (void) fprintf (stderr, "%s\n", error != NULL ? error->message : "--stays: 10000 or more");
    return 2;
  }
  is_own = options.folder == NULL;
  if (is_own)
    options.folder = g_dir_make_tmp ("tx-bench-XXXXXX", &error);
  (void) g_chmod (options.folder, 0755); // PostgreSQL runs as somebody else
  double began_s = rival_now_s ();
  g_autoptr (Province) province = province_new ((gsize) options.stays, SEED);
  (void) printf ("%" G_GSIZE_FORMAT " stays of %u people and %u staff at %u venues in %d days, %u a"
                 " day at the station; made in %.1f s\n",
                 province->n_stays, province->n_people, province->n_places, province->n_places,
                 PROVINCE_DAYS, province->n_station_a_day, rival_now_s () - began_s);
  run_all (&options, province);
  if (is_own && !options.keep)
    (void) g_rmdir (options.folder);
  g_free (options.folder);
  return 0;
}
