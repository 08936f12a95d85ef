// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Published keys of fourteen days each against a store of presence windows, of which every
// thousandth is one of theirs.
//
// usage: bench-bluezone [KEYS] [WINDOWS]

#include <glib/gstdio.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kiosk/core/ct-bluezone.h"
#include "kiosk/trace/trace-bluezone.h"

#define DAY_S      86400
#define MIDNIGHT_S (G_GINT64_CONSTANT (20000) * DAY_S)
#define N_DAYS     14
#define EVERY      1000

static const guint8 pseudonym_key[32] = { 7 };

static void
make_subject (gconstpointer keys, const char *identity, gsize len, guint8 ret_subject[16])
{
  (void) crypto_generichash (ret_subject, 16, (const guint8 *) identity, len, keys, 32);
}

static void
sha256 (const uint8_t *data, size_t len, uint8_t ret_hash[32])
{
  (void) crypto_hash_sha256 (ret_hash, data, len); // always 0
}

static void
make_key (guint number, guint8 ret_key[32])
{
  sha256 ((const guint8 *) &number, sizeof number, ret_key);
}

// The subject of slot 0 of a key's first day.
static void
make_known (guint number, guint8 ret_subject[16])
{
  guint8 key[32], id[1][CT_BLUEZONE_ID_SIZE];
  char identity[64] = "beacon:bluezone:";
  make_key (number, key);
  ct_bluezone_list_ids (sha256, key, 1, id);
  (void) sodium_bin2hex (identity + strlen (identity), 30, id[0], sizeof id[0]);
  make_subject (pseudonym_key, identity, strlen (identity), ret_subject);
}

static void
fill (TraceStore *store, guint n_windows, guint n_keys)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20261127);
  gboolean is_new = FALSE;
  (void) trace_store_begin (store, NULL);
  for (guint i = 0; i < n_windows; i++) {
    char venue[16];
    (void) g_snprintf (venue, sizeof venue, "v%u", g_rand_int_range (random, 0, 20000));
    TraceArrival arrival = { .venue = venue,
                             .zone = "main",
                             .arrived_s = MIDNIGHT_S + g_rand_int_range (random, 0, N_DAYS * DAY_S),
                             .evidence = TRACE_EVIDENCE_BLE,
                             .kiosk = venue,
                             .seq = i + 1 };
    for (guint j = 0; j < sizeof arrival.subject; j++)
      arrival.subject[j] = (guint8) g_rand_int (random);
    if (i % EVERY == 0 && i / EVERY < n_keys) {
      make_known (i / EVERY, arrival.subject);
      arrival.arrived_s = MIDNIGHT_S + 60;
    }
    arrival.left_s = arrival.arrived_s + 300;
    if (!trace_store_put (store, &arrival, &is_new, NULL))
      exit (1);
  }
  (void) trace_store_commit (store, NULL);
}

int
main (int argc, char **argv)
{
  guint n_keys = argc > 1 ? (guint) strtoul (argv[1], NULL, 10) : 10000;
  guint n_windows = argc > 2 ? (guint) strtoul (argv[2], NULL, 10) : 1000000;
  g_autoptr (GArray) keys = g_array_new (FALSE, TRUE, sizeof (TraceBluezoneKey));
  g_autofree char *folder = g_dir_make_tmp ("bench-bluezone-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "core.db", NULL);
  g_autofree char *uri = g_strconcat ("sqlite:", path, NULL);
  const TraceOpenStays open_stays = { MIDNIGHT_S + 30 * DAY_S, 16 * 3600 };
  const TraceMaker maker = { make_subject, pseudonym_key };
  g_auto (TraceBluezoneAnswer) answer = { 0, NULL };
  g_autoptr (GError) error = NULL;
  if (sodium_init () < 0)
    return 1;
  for (guint i = 0; i < n_keys; i++) {
    TraceBluezoneKey key = { .from_s = MIDNIGHT_S, .n_slots = CT_BLUEZONE_SLOTS };
    key.last_s = MIDNIGHT_S + N_DAYS * DAY_S - 1;
    make_key (i, key.key);
    g_array_append_val (keys, key);
  }
  g_autoptr (TraceStore) store = trace_store_open (uri, &open_stays, &error);
  if (store == NULL)
    return 1;
  gint64 begin_us = g_get_monotonic_time ();
  fill (store, n_windows, n_keys);
  (void) printf ("%u windows put in %.1f s\n", n_windows,
                 (double) (g_get_monotonic_time () - begin_us) / 1e6);
  begin_us = g_get_monotonic_time ();
  clock_t begin_cpu = clock ();
  if (!trace_bluezone_find (store, keys, MIDNIGHT_S, MIDNIGHT_S + N_DAYS * DAY_S, &maker, &answer,
                            &error))
    return 1;
  (void) printf ("%u keys, %zu identifiers, %u known: %.2f s, %.2f s of the processor\n", n_keys,
                 answer.n_ids, answer.limits->len,
                 (double) (g_get_monotonic_time () - begin_us) / 1e6,
                 (double) (clock () - begin_cpu) / CLOCKS_PER_SEC);
  g_clear_pointer (&store, trace_store_close);
  (void) g_remove (path);
  (void) g_rmdir (folder);
  return 0;
}
