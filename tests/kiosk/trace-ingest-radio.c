// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/kiosk/trace-ingest-radio.h"

#include <string.h>

#include "tests/kiosk/trace-ingest-fixture.h"

#define AN   "cccd:079190000001"
#define TAG  "tag:eddystone-uid:a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"
#define OLD  "beacon:eddystone-uid:a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"
#define N_OF "SELECT count (*) FROM stay WHERE subject = (SELECT id FROM subject WHERE key = $1)"

typedef struct {
  TraceMakeUri make_uri;
  gpointer user_data;
} Engine;

static void
set_up (Core *core, gconstpointer user_data)
{
  const Engine *engine = user_data;
  g_autofree char *uri = engine->make_uri (engine->user_data);
  core_open (core, uri);
}

static void
tear_down (Core *core, gconstpointer user_data)
{
  core_close (core);
}

static JournalBeacon
make_beacon (enum ct_beacon_kind kind, guint8 fill, guint32 first_ms, guint32 last_ms)
{
  JournalBeacon beacon = { .first_ms = first_ms, .last_ms = last_ms, .n_sightings = 9 };
  guint8 id[CT_BEACON_ID_MAX];
  memset (id, fill, sizeof id);
  beacon.beacon.kind = kind;
  g_assert_true (ct_beacon_set_id (&beacon.beacon, id, kind == CT_BEACON_EDDYSTONE_UID ? 16 : 12));
  return beacon;
}

static void
hear (TestKiosk *kiosk, gint64 from_ms, const JournalBeacon *beacons, guint n_beacons)
{
  JournalStamp end = core_stamp (from_ms + 5 * MINUTE);
  test_kiosk_hear (kiosk, &end, BEGIN_MS + from_ms, beacons, n_beacons);
}

static void
send_all (Core *core, const TestKiosk *kiosk)
{
  g_assert_cmpuint (core_send (core, kiosk, 1, kiosk->seq).n_quarantined, ==, 0);
}

// A badge that is held at the kiosk, and heard all morning.
static void
test_knows_a_tag_by_one_name (Core *core, gconstpointer unused)
{
  JournalStamp at = core_stamp (MINUTE);
  const JournalBeacon tag = make_beacon (CT_BEACON_EDDYSTONE_UID, 0xa5, 10000, 290000);
  hear (core->kiosk, 0, &tag, 1);
  test_kiosk_arrive (core->kiosk, &at, TAG);
  hear (core->kiosk, 5 * MINUTE, &tag, 1);
  send_all (core, core->kiosk);
  g_assert_cmpint (core_ask_of (core, N_OF, TAG), ==, 3);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM subject"), ==, 1);
}

// A store of before knows the windows of a tag by another name.
static void
test_renames_the_windows_of_before (Core *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  gboolean is_new = FALSE;
  const JournalBeacon tag = make_beacon (CT_BEACON_EDDYSTONE_UID, 0xa5, 10000, 290000);
  TraceArrival before = { .venue = "v1",
                          .zone = "main",
                          .arrived_s = BEGIN_MS / 1000 - 86400,
                          .left_s = BEGIN_MS / 1000 - 86100,
                          .evidence = TRACE_EVIDENCE_BLE,
                          .kiosk = "k",
                          .seq = 7 };
  trace_keys_make_subject (core->keys, OLD, strlen (OLD), before.subject);
  g_assert_true (trace_store_put (core->store, &before, &is_new, &error));
  hear (core->kiosk, 0, &tag, 1);
  send_all (core, core->kiosk);
  g_assert_cmpint (core_ask_of (core, N_OF, TAG), ==, 2);
  g_assert_cmpint (core_ask_of (core, N_OF, OLD), ==, 0);
}

void
trace_ingest_radio_add (const char *engine, TraceMakeUri make_uri, gpointer user_data)
{
  static const struct {
    const char *name;
    void (*run) (Core *core, gconstpointer user_data);
  } cases[] = {
    { "knows-a-tag-by-one-name", test_knows_a_tag_by_one_name },
    { "renames-the-windows-of-before", test_renames_the_windows_of_before },
  };
  Engine *data = g_new (Engine, 1); // lives as long as the program
  *data = (Engine){ make_uri, user_data };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/trace/ingest/%s/%s", engine, cases[i].name);
    g_test_add (path, Core, data, set_up, cases[i].run, tear_down);
  }
}
