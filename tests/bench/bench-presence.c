// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Adverts a second through readers and engine on one core, and what a beacon costs; how much of a
// core a crowd takes that comes or changes its identifiers at once; and which filter follows a
// phone's signal best: on made-up traces with fading (4 dB), a channel's offset (three of them, 6
// dB apart), a body in between (12 dB, seconds long), and lost adverts; and how long a gap a tap
// may have.
//
// usage: bench-presence [MILLISECONDS]

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kiosk/core/ct-presence.h"
#include "kiosk/core/ct-tag.h"

#define N_TRACES    200
#define TRACE_S     120
#define PER_SECOND  4
#define N_SAMPLES   (TRACE_S * PER_SECOND)
#define NEAR_DBM    -75.0
#define MEDIAN_OF   7
#define N_ADDRESSES 20000
#define N_TAPS      2000
#define COMES_MS    20000
#define CROWD_MS    90000
#define CYCLE_MS    30000 // of Bluezone, silent for half of it

static uint64_t
hash (const uint8_t *bytes, size_t len, const uint8_t secret[CT_PRESENCE_SECRET])
{
  uint64_t sum = 14695981039346656037u ^ secret[0];
  for (size_t i = 0; i < len; i++)
    sum = (sum ^ bytes[i]) * 1099511628211u;
  return sum ^ sum >> 29;
}

static const guint8 phone[] = { 2,    1,    2,    3,    3,    0x56, 0x4e, 15,
                                0xff, 0xb5, 0x22, 0xb9, 0xa6, 0x65, 0xd7, 0x54,
                                0xfe, 0x65, 0xe6, 0x65, 0xd7, 0x6a, 0x45 };
static const guint8 stranger[] = { 2, 1, 6, 10, 0xff, 0x4c, 0, 0x10, 5, 1, 2, 3, 4, 5 };

static void
bench_engine (const char *name, const guint8 *bytes, gsize len, guint n_beacons, gint64 span_us)
{
  static const guint8 secret[CT_PRESENCE_SECRET] = { 7 };
  static const struct ct_beacon tag = { .kind = CT_BEACON_EDDYSTONE_UID, .id_len = 16 };
  void *memory = g_malloc (ct_presence_size (CT_PRESENCE_BEACONS));
  struct ct_presence *engine =
      ct_presence_init (memory, CT_PRESENCE_BEACONS, &ct_presence_defaults, hash, secret);
  g_autofree guint8 *copy = g_memdup2 (bytes, len);
  gint64 begin_us = g_get_monotonic_time (), now_us = begin_us;
  guint64 n = 0;
  ct_presence_open_window (engine, 0);
  for (; now_us - begin_us < span_us; now_us = g_get_monotonic_time ()) {
    ct_presence_pass_time (engine, (gint64) (n / 20), NULL, NULL);
    for (guint j = 0; j < 1000; j++, n++) {
      struct ct_advert advert;
      struct ct_beacon beacon;
      guint32 number = (guint32) (n % n_beacons);
      memcpy (copy + len - sizeof number, &number, sizeof number);
      ct_advert_init (&advert);
      (void) ct_advert_parse (&advert, (struct ct_bytes){ copy, len });
      (void) ct_tags_read_advert (&tag, 1, &advert, &beacon);
      struct ct_sighting sighting = { .at_ms = (gint64) (n / 20),
                                      .rssi_dbm = -60 - (int) (n % 17),
                                      .beacon = &beacon };
      memcpy (sighting.address, &number, sizeof number);
      ct_presence_see (engine, &sighting, NULL, NULL);
    }
  }
  double ns = 1000.0 * (double) (now_us - begin_us) / (double) n;
  (void) printf ("%-32s %12.0f %8.0f\n", name, 1e9 / ns, ns);
  g_free (memory);
}

typedef struct {
  const char *name;
  guint n;
  enum ct_beacon_kind kind;
  gint64 come_ms;   // within it, all have come
  gint64 rotate_ms; // each has another identifier, within ten seconds from here; 0: never
  gint64 silent_ms; // of a cycle
} Crowd;

static gint64
cpu_ns (void)
{
  struct timespec now;
  (void) clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

static gint64
see_one (struct ct_presence *engine, const Crowd *crowd, guint i, gint64 at_ms)
{
  gboolean has_rotated = crowd->rotate_ms > 0 && at_ms >= crowd->rotate_ms + i % 10000;
  guint32 number = i + (has_rotated ? crowd->n : 0);
  guint32 scattered[2] = { number * 2654435761u, number };
  struct ct_beacon beacon = { .kind = crowd->kind };
  struct ct_sighting sighting = { .at_ms = at_ms,
                                  .address_is_random = true,
                                  .rssi_dbm = -60 - (int) (i % 17),
                                  .beacon = &beacon,
                                  .may_succeed = true };
  memcpy (sighting.address, scattered, sizeof sighting.address);
  if (crowd->kind != CT_BEACON_NONE)
    (void) ct_beacon_set_id (&beacon, (const guint8 *) scattered, 6);
  gint64 begin_ns = cpu_ns ();
  ct_presence_see (engine, &sighting, NULL, NULL);
  return cpu_ns () - begin_ns;
}

static int
compare_ns (gconstpointer a, gconstpointer b)
{
  const gint64 *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

// Each advertises once a second. An advert's cost, the busiest second's share of a core and the
// whole's.
static void
bench_crowd (const Crowd *crowd)
{
  static const guint8 secret[CT_PRESENCE_SECRET] = { 7 };
  g_autofree void *memory = g_malloc (ct_presence_size (CT_PRESENCE_BEACONS));
  struct ct_presence *engine =
      ct_presence_init (memory, CT_PRESENCE_BEACONS, &ct_presence_defaults, hash, secret);
  g_autoptr (GArray) costs = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 sum_ns = 0, second_ns = 0, busiest_ns = 0;
  ct_presence_open_window (engine, 0);
  for (gint64 at_ms = 0; at_ms < CROWD_MS; at_ms++) {
    for (guint i = (guint) (at_ms % 1000); i < crowd->n; i += 1000) {
      if (at_ms < crowd->come_ms * i / crowd->n ||
          (at_ms + 7919 * (gint64) i) % CYCLE_MS < crowd->silent_ms)
        continue;
      gint64 ns = see_one (engine, crowd, i, at_ms);
      g_array_append_val (costs, ns);
      second_ns += ns;
    }
    if (at_ms % 1000 != 999)
      continue;
    gint64 begin_ns = cpu_ns ();
    ct_presence_pass_time (engine, at_ms, NULL, NULL);
    second_ns += cpu_ns () - begin_ns;
    busiest_ns = MAX (busiest_ns, second_ns);
    sum_ns += second_ns;
    second_ns = 0;
  }
  g_array_sort (costs, compare_ns);
  (void) printf ("%-32s %8.2f us %8.0f us %6.1f %% %6.1f %%\n", crowd->name,
                 1e-3 * (double) g_array_index (costs, gint64, costs->len / 2),
                 1e-3 * (double) g_array_index (costs, gint64, costs->len - 1),
                 1e-7 * (double) busiest_ns, 1e-4 * (double) sum_ns / CROWD_MS);
}

static void
bench_crowds (void)
{
  static const Crowd crowds[] = {
    { "20,000 Herald phones rotate", 20000, CT_BEACON_HERALD, 10000, 30000, 0 },
    { "10,000 Herald phones rotate", 10000, CT_BEACON_HERALD, 10000, 30000, 0 },
    { "20,000 Bluezone phones come", 20000, CT_BEACON_BLUEZONE, 10000, 0, CYCLE_MS / 2 },
    { "20,000 strangers come", 20000, CT_BEACON_NONE, 10000, 0, 0 },
  };
  (void) printf ("%-32s %11s %11s %8s %8s\n", "in 10 s, an advert a second each", "median", "worst",
                 "busiest", "of 90 s");
  for (guint i = 0; i < G_N_ELEMENTS (crowds); i++)
    bench_crowd (&crowds[i]);
  (void) printf ("\n");
}

typedef struct {
  double truth[N_SAMPLES];
  double heard[N_SAMPLES]; // NaN: lost
} Trace;

static double
gauss (GRand *random)
{
  return sqrt (-2 * log (1 - g_rand_double (random))) * cos (2 * G_PI * g_rand_double (random));
}

// Somebody walks up, stands, and walks away; the distance says what should be received.
static void
make_trace (GRand *random, Trace *trace)
{
  double stand_s = g_rand_double_range (random, 30, 70),
         nearest_m = g_rand_double_range (random, 0.5, 8);
  double body_from_s = g_rand_double_range (random, 0, TRACE_S),
         body_s = g_rand_double_range (random, 2, 15);
  for (guint i = 0; i < N_SAMPLES; i++) {
    double at_s = (double) i / PER_SECOND;
    double away_s = MAX (0, fabs (at_s - TRACE_S / 2.0) - stand_s / 2);
    double truth = -59 - 25 * log10 (nearest_m + 1.2 * away_s);
    double body_db = at_s > body_from_s && at_s < body_from_s + body_s ? 12 : 0;
    trace->truth[i] = truth;
    trace->heard[i] = g_rand_double (random) < 0.3
                          ? NAN
                          : round (truth - body_db + 4 * gauss (random) +
                                   6 * (double) g_rand_int_range (random, -1, 2) / 2);
  }
}

typedef struct {
  double level;
  double variance;
  double last[MEDIAN_OF];
  guint n;
} Filter;

static double
raw (Filter *filter, double heard)
{
  return heard;
}

static double
exponential (Filter *filter, double heard)
{
  filter->level = filter->n++ == 0 ? heard : filter->level + (heard - filter->level) / 6;
  return filter->level;
}

static int
compare (const void *a, const void *b)
{
  return *(const double *) a < *(const double *) b ? -1 : *(const double *) a > *(const double *) b;
}

static double
median (Filter *filter, double heard)
{
  double sorted[MEDIAN_OF];
  filter->last[filter->n++ % MEDIAN_OF] = heard;
  guint n = MIN (filter->n, MEDIAN_OF);
  memcpy (sorted, filter->last, n * sizeof *sorted);
  qsort (sorted, n, sizeof *sorted, compare);
  return sorted[n / 2];
}

static double
kalman (Filter *filter, double heard)
{
  if (filter->n++ == 0) {
    filter->level = heard;
    filter->variance = 25;
    return heard;
  }
  filter->variance += 1;
  double gain = filter->variance / (filter->variance + 25);
  filter->level += gain * (heard - filter->level);
  filter->variance *= 1 - gain;
  return filter->level;
}

// How far from what should be received, how often on the wrong side of "near", how often the side
// changes for each time that it really does.
static void
bench_filter (const char *name, double (*run) (Filter *, double), guint bytes)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20261124);
  double squares = 0;
  guint n = 0, n_wrong = 0, n_flips = 0, n_true_flips = 0;
  for (guint i = 0; i < N_TRACES; i++) {
    g_autofree Trace *trace = g_new (Trace, 1);
    Filter filter = { 0 };
    gboolean was_near = FALSE, was_truly = FALSE;
    make_trace (random, trace);
    for (guint k = 0; k < N_SAMPLES; k++) {
      if (isnan (trace->heard[k]))
        continue;
      double level = run (&filter, trace->heard[k]);
      gboolean is_near = level >= NEAR_DBM, is_truly = trace->truth[k] >= NEAR_DBM;
      squares += (level - trace->truth[k]) * (level - trace->truth[k]);
      n_wrong += is_near != is_truly;
      n_flips += k > 0 && is_near != was_near;
      n_true_flips += k > 0 && is_truly != was_truly;
      was_near = is_near;
      was_truly = is_truly;
      n++;
    }
  }
  (void) printf ("%-12s %8.2f dB %8.2f %% %8.1f x %6u B\n", name, sqrt (squares / n),
                 100.0 * n_wrong / n, (double) n_flips / MAX (n_true_flips, 1), bytes);
}

static void
on_change (void *user_data, enum ct_presence_change change, const struct ct_presence_window *beacon)
{
  *(guint *) user_data += change == CT_PRESENCE_TAPPED;
}

// Somebody comes near enough (from @from_dbm to @to_dbm), and stays for @stay_ms; taps in a
// hundred.
static double
count_taps (
    gint32 gap_ms, gint64 interval_ms, double loss, double from_dbm, double to_dbm, gint64 stay_ms)
{
  static const guint8 secret[CT_PRESENCE_SECRET] = { 7 };
  g_autoptr (GRand) random = g_rand_new_with_seed (20261127);
  g_autofree void *memory = g_malloc (ct_presence_size (16));
  struct ct_presence_options options = ct_presence_defaults;
  struct ct_beacon tag = { .kind = CT_BEACON_EDDYSTONE_UID, .id_len = 16 };
  guint n_tapped = 0;
  options.tap_gap_ms = gap_ms;
  for (guint i = 0; i < N_TAPS; i++) {
    struct ct_presence *engine = ct_presence_init (memory, 16, &options, hash, secret);
    guint n = 0;
    for (gint64 at_ms = 0; at_ms < COMES_MS + stay_ms; at_ms += interval_ms) {
      double dbm = at_ms < COMES_MS ? from_dbm : to_dbm;
      struct ct_sighting sighting = { .at_ms = at_ms + g_rand_int_range (random, 0, 10),
                                      .rssi_dbm = (int) round (dbm + 4 * gauss (random)),
                                      .beacon = &tag,
                                      .is_enrolled = true };
      if (g_rand_double (random) >= loss)
        ct_presence_see (engine, &sighting, on_change, &n);
    }
    n_tapped += n > 0;
  }
  return 100.0 * n_tapped / N_TAPS;
}

static void
bench_gap (gint32 gap_ms)
{
  (void) printf ("%4d ms", gap_ms);
  for (guint i = 0; i < 4; i++) {
    gint64 interval_ms = i < 2 ? 100 : 1000;
    double loss = i % 2 == 0 ? 0.1 : 0.3;
    (void) printf ("  %3.0f %3.0f", count_taps (gap_ms, interval_ms, loss, -75, -33, 3000),
                   count_taps (gap_ms, interval_ms, loss, -75, -33, 5000));
  }
  (void) printf ("  %4.1f %4.1f\n", count_taps (gap_ms, 100, 0.1, -75, -46, 60000),
                 count_taps (gap_ms, 1000, 0.1, -75, -46, 60000));
}

int
main (int argc, char **argv)
{
  gint64 span_us = 1000 * (argc > 1 ? g_ascii_strtoll (argv[1], NULL, 10) : 1000);
  (void) printf ("%-32s %12s %8s\n", "adverts, bytes to presence", "a second", "ns");
  bench_engine ("200 Bluezone phones", phone, sizeof phone, 200, span_us);
  bench_engine ("20,000 Bluezone phones", phone, sizeof phone, N_ADDRESSES, span_us);
  bench_engine ("strangers, 200 addresses", stranger, sizeof stranger, 200, span_us);
  bench_engine ("strangers, 4,000,000 addresses", stranger, sizeof stranger, 4000000, span_us);
  (void) printf ("%.1f bytes a beacon of %u\n\n",
                 (double) ct_presence_size (CT_PRESENCE_BEACONS) / CT_PRESENCE_BEACONS,
                 CT_PRESENCE_BEACONS);
  bench_crowds ();
  (void) printf ("%-12s %11s %10s %10s %8s\n", "filter", "RMS error", "wrong side", "changes",
                 "state");
  bench_filter ("none", raw, 0);
  bench_filter ("exponential", exponential, 2);
  bench_filter ("median of 7", median, MEDIAN_OF + 1);
  bench_filter ("Kalman", kalman, 4);
  (void) printf (
      "\nof 100 tags held 7 dB over the threshold, those taken within 3 s and 5 s, at ten "
      "adverts a second\n(a tenth, three tenths lost) and at one (likewise); and of 100 "
      "that are 6 dB under it for a minute\n");
  for (gint32 gap_ms = 500; gap_ms <= 8000; gap_ms = gap_ms < 2500 ? gap_ms + 1000 : 2 * gap_ms)
    bench_gap (gap_ms);
  return 0;
}
