// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Adverts a second through readers and engine on one core, and what a beacon costs; and which
// filter follows a phone's signal best: on made-up traces with fading (4 dB), a channel's offset
// (three of them, 6 dB apart), a body in between (12 dB, seconds long), and lost adverts; and how
// long a gap a tap may have.
//
// usage: bench-presence [MILLISECONDS]

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
