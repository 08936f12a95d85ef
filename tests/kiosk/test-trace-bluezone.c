// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Published keys: what is no InfoF is refused with its reason, and an identifier counts in its own
// slot only.

#include <sodium.h>
#include <string.h>

#include "kiosk/trace/trace-bluezone.h"
#include "kiosk/trace/trace-fold.h"
#include "kiosk/trace/trace-search.h"
#include "trace-engine.h"

#define MIDNIGHT_S G_GINT64_CONSTANT (1596844800) // 2020-08-08 UTC
#define DAY_S      86400
#define SLOT_S     900
#define KEY        "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"
#define ID_0       "130cea6472130c185d8643df" // of KEY, in slots 0, 1 and 95
#define ID_1       "893dae342437130ce5e23837"
#define ID_95      "0ae9ab99c50104e835045abf"

#define ENTRY(key, from, max, to)                                                                  \
  "{\"daily_key\":\"" key "\",\"time_start\":" from ",\"max\":" max ",\"time_end\":" to "}"
#define DATA(entries) "{\"data\":[" entries "]}"
#define GOOD          ENTRY (KEY, "1596844800", "96", "1597017600")

static GArray *
read_keys (const char *text, GError **error)
{
  return trace_bluezone_read (text, strlen (text), error);
}

static void
test_reads_envelopes (void)
{
  static const char *const texts[] = {
    DATA (GOOD),
    " \n{ \"data\" : [ " GOOD " ] , \"more\":null}\r\n",
    "{\"FindGUID\":\"0b7e\",\"InfoF\":" DATA (GOOD) "}",
    "{\"FindGUID\":\"0b7e\",\"InfoF\":\"{\\\"data\\\":[{\\\"daily_key\\\":\\\"" KEY
    "\\\",\\\"time_start\\\":1596844800,\\\"max\\\":96,\\\"time_end\\\":1597017600}]}\"}",
    "{\"Type\":\"KiemTraLichSuTiepXuc\",\"DataContent\":\"{\\\"FindGUID\\\":\\\"0b7e\\\","
    "\\\"InfoF\\\":\\\"{\\\\\\\"data\\\\\\\":[{\\\\\\\"daily_key\\\\\\\":\\\\\\\"" KEY
    "\\\\\\\",\\\\\\\"time_start\\\\\\\":1596844800,\\\\\\\"max\\\\\\\":96,"
    "\\\\\\\"time_end\\\\\\\":1597017600}]}\\\"}\"}",
    "{\"data\":{\"InfoF\":" DATA (GOOD) "}}",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) keys = read_keys (texts[i], &error);
    g_assert_no_error (error);
    g_assert_cmpuint (keys->len, ==, 1);
    const TraceBluezoneKey *key = &g_array_index (keys, TraceBluezoneKey, 0);
    for (guint j = 0; j < sizeof key->key; j++)
      g_assert_cmpuint (key->key[j], ==, j);
    g_assert_cmpint (key->from_s, ==, MIDNIGHT_S);
    g_assert_cmpint (key->last_s, ==, MIDNIGHT_S + 2 * DAY_S);
    g_assert_cmpuint (key->n_slots, ==, 96);
  }
}

static void
test_refuses_with_a_reason (void)
{
  static const struct {
    const char *text, *message;
  } cases[] = {
    { "", "not JSON" },
    { "{", "not JSON" },
    { DATA (GOOD) "x", "not JSON" },
    { "/* \" */ " DATA (GOOD), "not JSON" },
    { "{'data':[]}", "not JSON" },
    { "\xff", "not UTF-8" },
    { "[[[[[[[[[]]]]]]]]]", "more than 8 brackets" },
    { "7", "neither an object" },
    { "null", "neither an object" },
    { "[]", "neither an object" },
    { "{}", "neither an object" },
    { "{\"InfoF\":7}", "neither an object" },
    { "{\"InfoF\":{\"InfoF\":{\"InfoF\":{\"InfoF\":{\"InfoF\":{\"InfoF\":{\"data\":[]}}}}}}}",
      "neither an object" },
    { "{\"InfoF\":\"\"}", "not JSON" },
    { DATA (""), "no entries" },
    { DATA ("7"), "entry 1: not an object" },
    { DATA (GOOD ",{}"), "entry 2: daily_key: not 64 hexadecimal digits" },
    { DATA (ENTRY (KEY "00", "0", "96", "0")), "entry 1: daily_key" },
    { DATA (ENTRY ("g" KEY, "0", "96", "0")), "entry 1: daily_key" },
    { DATA ("{\"daily_key\":7}"), "entry 1: daily_key" },
    { DATA ("{\"daily_key\":\"" KEY "\"}"), "entry 1: time_start: not seconds" },
    { DATA (ENTRY (KEY, "\"0\"", "96", "0")), "entry 1: time_start: not seconds" },
    { DATA (ENTRY (KEY, "1e3", "96", "0")), "entry 1: time_start: not seconds" },
    { DATA (ENTRY (KEY, "-86400", "96", "0")), "entry 1: time_start: not seconds" },
    { DATA (ENTRY (KEY, "1596844800000", "96", "0")), "entry 1: time_start: not seconds" },
    { DATA (ENTRY (KEY, "1596844801", "96", "1596844802")), "entry 1: time_start: not midnight" },
    { DATA (ENTRY (KEY, "86400", "96", "86399")), "entry 1: time_end: before" },
    { DATA (ENTRY (KEY, "86400", "96", "99999999999999999999")), "entry 1: time_end" },
    { DATA (ENTRY (KEY, "0", "96", "5184000")), "entry 1: time_end: more than 60 days" },
    { DATA (ENTRY (KEY, "0", "0", "0")), "entry 1: max" },
    { DATA (ENTRY (KEY, "0", "-96", "0")), "entry 1: max" },
    { DATA (ENTRY (KEY, "0", "97", "0")), "entry 1: max" },
    { DATA (ENTRY (KEY, "0", "86400", "0")), "entry 1: max" },
    { DATA (ENTRY (KEY, "0", "96.0", "0")), "entry 1: max" },
    { DATA ("{\"daily_key\":\"" KEY "\",\"time_start\":0,\"time_end\":0}"), "entry 1: max" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_test_message ("%s", cases[i].message);
    g_assert_null (read_keys (cases[i].text, &error));
    g_assert_error (error, TRACE_ERROR, TRACE_ERROR_INPUT);
    g_assert_nonnull (strstr (error->message, cases[i].message));
  }
}

static void
test_bounds_what_it_reads (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *brackets = g_strnfill (1000000, '[');
  g_assert_null (read_keys (brackets, &error));
  g_assert_nonnull (strstr (error->message, "more than 8 brackets"));
  g_clear_error (&error);
  g_autofree char *spaces = g_strnfill (TRACE_BLUEZONE_BYTES_MAX + 1, ' ');
  g_assert_null (read_keys (spaces, &error));
  g_assert_nonnull (strstr (error->message, "more than 16 MiB"));
  g_clear_error (&error);
  g_autoptr (GString) many = g_string_new ("{\"data\":[0");
  for (guint i = 0; i < TRACE_BLUEZONE_KEYS_MAX; i++)
    g_string_append (many, ",0");
  g_string_append (many, "]}");
  g_assert_null (read_keys (many->str, &error));
  g_assert_nonnull (strstr (error->message, "more than 100000 entries"));
}

static void
make_subject (gconstpointer keys, const char *identity, gsize len, guint8 ret_subject[16])
{
  (void) crypto_generichash (ret_subject, 16, (const guint8 *) identity, len, keys, 32);
}

static const guint8 pseudonym_key[32] = { 7 };
static const TraceMaker maker = { make_subject, pseudonym_key };

static void
put (TraceStore *store, const guint8 *subject, gint64 arrived_s, gint64 left_s, gint64 seq)
{
  g_autoptr (GError) error = NULL;
  gboolean is_new = FALSE;
  TraceArrival arrival = { .venue = "cho",
                           .zone = "main",
                           .arrived_s = arrived_s,
                           .left_s = left_s,
                           .evidence = TRACE_EVIDENCE_BLE,
                           .kiosk = "k",
                           .seq = seq };
  memcpy (arrival.subject, subject, sizeof arrival.subject);
  g_assert_true (trace_store_put (store, &arrival, &is_new, &error));
  g_assert_no_error (error);
}

static void
put_id (TraceStore *store, const char *id, gint64 from_s, gint64 to_s)
{
  g_autofree char *identity = g_strconcat ("beacon:bluezone:", id, NULL);
  guint8 subject[16];
  make_subject (pseudonym_key, identity, strlen (identity), subject);
  put (store, subject, from_s, to_s, from_s);
}

typedef struct {
  TraceStore *store;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer engine)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = trace_engine_make_uri ((gpointer) engine);
  const TraceOpenStays open_stays = { MIDNIGHT_S + 30 * DAY_S, 16 * 3600 };
  fixture->store = trace_store_open (uri, &open_stays, &error);
  g_assert_no_error (error);
  g_assert_true (trace_store_begin (fixture->store, &error));
}

static void
tear_down (Fixture *fixture, gconstpointer engine)
{
  trace_store_close (fixture->store);
}

// Stays of the identifiers that were found, as a search sees them, put as "from-to" in seconds
// since midnight.
static char *
list_stays (TraceStore *store, const char *text, gint64 from_s, gint64 to_s, gsize *ret_n_ids)
{
  g_autoptr (GError) error = NULL;
  g_auto (TraceBluezoneAnswer) answer = { 0, NULL };
  g_autoptr (GArray) keys = read_keys (text, &error), stays = NULL;
  g_autoptr (GString) words = g_string_new (NULL);
  g_assert_true (trace_bluezone_find (store, keys, from_s, to_s, &maker, &answer, &error));
  g_assert_no_error (error);
  stays = trace_seed_find_stays (trace_store_get_source (store), &TRACE_SEED (answer.limits),
                                 from_s, to_s, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < stays->len; i++) {
    const TraceStay *stay = &g_array_index (stays, TraceStay, i);
    g_string_append_printf (words, "%s%d-%d", i > 0 ? " " : "",
                            (int) (stay->arrived_s - MIDNIGHT_S),
                            (int) (stay->left_s - MIDNIGHT_S));
  }
  *ret_n_ids = answer.n_ids;
  return g_strdup (words->str);
}

static void
test_counts_in_its_own_slot_only (Fixture *fixture, gconstpointer engine)
{
  TraceStore *store = fixture->store;
  gsize n_ids = 0;
  put_id (store, ID_0, MIDNIGHT_S + 60, MIDNIGHT_S + 600);
  put_id (store, ID_0, MIDNIGHT_S + 3600, MIDNIGHT_S + 4200);         // sent again, by somebody
  put_id (store, ID_0, MIDNIGHT_S + DAY_S, MIDNIGHT_S + DAY_S + 600); // next day
  put_id (store, ID_1, MIDNIGHT_S + 2 * SLOT_S - 60, MIDNIGHT_S + 2 * SLOT_S + 3600); // and on
  put_id (store, ID_95, MIDNIGHT_S + 95 * SLOT_S + 5, MIDNIGHT_S + 95 * SLOT_S + 10);
  g_assert_true (trace_store_commit (store, NULL));
  g_autofree char *stays = list_stays (store, DATA (ENTRY (KEY, "1596844800", "96", "1596931199")),
                                       MIDNIGHT_S - DAY_S, MIDNIGHT_S + 9 * DAY_S, &n_ids);
  g_assert_cmpstr (stays, ==, "60-600 1740-1920 85505-85510");
  g_assert_cmpuint (n_ids, ==, 96);
}

// An's phone was held beside An's card, and the key leads to the card: where it was without the
// phone counts as well. Ba held a phone that sent the identifier in another slot.
static void
test_leads_to_who_held_the_phone (Fixture *fixture, gconstpointer engine)
{
  static const char identity[] = "beacon:bluezone:" ID_0;
  static const guint8 an[16] = { 0xa1 }, ba[16] = { 0xb2 };
  g_autoptr (GError) error = NULL;
  TraceStore *store = fixture->store;
  TraceLink links[] = { { .at_s = MIDNIGHT_S + 300, .stream = 1, .seq = 1 },
                        { .at_s = MIDNIGHT_S + 3600, .stream = 1, .seq = 2 } };
  gsize n_ids = 0;
  memcpy (links[0].subject, an, sizeof an);
  memcpy (links[1].subject, ba, sizeof ba);
  put (store, an, MIDNIGHT_S + 7200, MIDNIGHT_S + 7800, 4);
  put (store, ba, MIDNIGHT_S + 9200, MIDNIGHT_S + 9800, 5);
  put_id (store, ID_0, MIDNIGHT_S + 60, MIDNIGHT_S + 600);
  for (gsize i = 0; i < G_N_ELEMENTS (links); i++) {
    make_subject (pseudonym_key, identity, sizeof identity - 1, links[i].beacon);
    g_assert_true (trace_fold_link (store, &links[i], &error));
    g_assert_no_error (error);
  }
  g_assert_true (trace_store_commit (store, NULL));
  static const char *const keys[] = { DATA (ENTRY (KEY, "1596844800", "96", "1596931199")),
                                      DATA (ENTRY (KEY, "1596844800", "96", "1601000000")) };
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) { // asked for each, and through the filter
    g_autofree char *stays =
        list_stays (store, keys[i], MIDNIGHT_S, MIDNIGHT_S + 60 * DAY_S, &n_ids);
    g_assert_cmpstr (stays, ==, "60-600 7200-7800");
    // The name that the phone was heard by goes with the next retention.
    g_assert_true (trace_db_run (trace_store_get_db (store),
                                 "DELETE FROM subject WHERE NOT EXISTS"
                                 " (SELECT 1 FROM stay WHERE stay.subject = subject.id)",
                                 TRACE_NO_VALUES, NULL, &error));
  }
}

// The slot that time_end lies in is the last one.
static void
test_ends_with_the_last_moment (Fixture *fixture, gconstpointer engine)
{
  static const struct {
    const char *text;
    gsize n_ids;
  } cases[] = {
    { DATA (ENTRY (KEY, "1596844800", "96", "1596844800")), 1 },
    { DATA (ENTRY (KEY, "1596844800", "96", "1596845699")), 1 },
    { DATA (ENTRY (KEY, "1596844800", "96", "1596845700")), 2 },
    { DATA (ENTRY (KEY, "1596844800", "96", "1596931200")), 97 },
    { DATA (ENTRY (KEY, "1596844800", "24", "1596931199")), 24 },
  };
  TraceStore *store = fixture->store;
  g_assert_true (trace_store_commit (store, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gsize n_ids = 0;
    g_autofree char *stays = list_stays (store, cases[i].text, 0, MIDNIGHT_S + 9 * DAY_S, &n_ids);
    g_assert_cmpuint (n_ids, ==, cases[i].n_ids);
  }
}

static void
test_keeps_to_the_span_asked_for (Fixture *fixture, gconstpointer engine)
{
  TraceStore *store = fixture->store;
  gsize n_ids = 0;
  put_id (store, ID_0, MIDNIGHT_S + 60, MIDNIGHT_S + 600);
  put_id (store, ID_1, MIDNIGHT_S + SLOT_S, MIDNIGHT_S + SLOT_S + 600);
  g_assert_true (trace_store_commit (store, NULL));
  g_autofree char *stays =
      list_stays (store, DATA (GOOD), MIDNIGHT_S + 500, MIDNIGHT_S + SLOT_S + 100, &n_ids);
  g_assert_cmpstr (stays, ==, "500-600 900-1000");
  g_assert_cmpuint (n_ids, ==, 2);
}

// Forty days of a key are too many to ask for each: the filter must lose none of the few.
static void
test_finds_few_among_many (Fixture *fixture, gconstpointer engine)
{
  TraceStore *store = fixture->store;
  g_autoptr (GRand) random = g_rand_new_with_seed (20261127);
  gsize n_ids = 0;
  for (guint i = 0; i < 300; i++) {
    guint8 subject[16];
    for (guint j = 0; j < sizeof subject; j++)
      subject[j] = (guint8) g_rand_int (random);
    put (store, subject, MIDNIGHT_S, MIDNIGHT_S + 60, i + 1);
  }
  put_id (store, ID_0, MIDNIGHT_S + 60, MIDNIGHT_S + 600);
  put_id (store, ID_95, MIDNIGHT_S + 95 * SLOT_S, MIDNIGHT_S + 95 * SLOT_S + 60);
  g_assert_true (trace_store_commit (store, NULL));
  g_autofree char *stays = list_stays (store, DATA (ENTRY (KEY, "1596844800", "96", "1600300799")),
                                       MIDNIGHT_S, MIDNIGHT_S + 60 * DAY_S, &n_ids);
  g_assert_cmpstr (stays, ==, "60-600 85500-85560");
  g_assert_cmpuint (n_ids, ==, 40 * 96);
  g_clear_pointer (&stays, g_free);
  stays = list_stays (store, DATA (ENTRY (KEY, "1596844800", "96", "1601000000")), MIDNIGHT_S,
                      MIDNIGHT_S + 60 * DAY_S, &n_ids);
  g_assert_cmpstr (stays, ==, "60-600 85500-85560");
  g_assert_cmpuint (n_ids, >, 4000);
}

static void
add_cases (TraceEngine *engine)
{
#define ADD(name, function)                                                                        \
  TRACE_ENGINE_ADD (engine, "bluezone", name, Fixture, set_up, function, tear_down)
  ADD ("counts-in-its-own-slot-only", test_counts_in_its_own_slot_only);
  ADD ("leads-to-who-held-the-phone", test_leads_to_who_held_the_phone);
  ADD ("ends-with-the-last-moment", test_ends_with_the_last_moment);
  ADD ("keeps-to-the-span-asked-for", test_keeps_to_the_span_asked_for);
  ADD ("finds-few-among-many", test_finds_few_among_many);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/trace/bluezone/reads-envelopes", test_reads_envelopes);
  g_test_add_func ("/trace/bluezone/refuses-with-a-reason", test_refuses_with_a_reason);
  g_test_add_func ("/trace/bluezone/bounds-what-it-reads", test_bounds_what_it_reads);
  return trace_engines_run (add_cases);
}
