// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "province.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FULL_STAYS    10000000.0
#define FULL_PEOPLE   1300000.0
#define FULL_VENUES   20000.0
#define STATION_A_DAY 20000.0
#define SKEW          0.6 // of a venue's share by its rank
#define N_HABITS      3
#define HABIT_SHARE   0.6
#define DAY_S         86400
#define MINUTE_S      60

typedef struct {
  guint64 state;
} Random;

static guint64
draw (Random *random) // splitmix64
{
  guint64 z = random->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ z >> 31;
}

static double
draw_share (Random *random)
{
  return (double) (draw (random) >> 11) / (double) (G_GUINT64_CONSTANT (1) << 53);
}

static guint32
draw_between (Random *random, guint32 from, guint32 to)
{
  return from + (guint32) (draw (random) % (to - from + 1));
}

// Of the venue's kind: shop, eatery, workplace, school or clinic, transport.
static guint32
draw_length_s (Random *random, guint32 place)
{
  guint32 kind = place == 1 ? 99 : place * 2654435761u % 100;
  if (kind < 40)
    return MINUTE_S * draw_between (random, 3, 40);
  if (kind < 65)
    return MINUTE_S * draw_between (random, 15, 90);
  if (kind < 85)
    return MINUTE_S * draw_between (random, 60, 540);
  if (kind < 95)
    return MINUTE_S * draw_between (random, 30, 240);
  return MINUTE_S * draw_between (random, 5, 40);
}

typedef struct {
  Province *province;
  double *until; // [n_places]: the share of places up to this one
  double station_share;
  double visits_a_day;
  gsize n_room;
} Maker;

static guint32
draw_place (Maker *maker, Random *random)
{
  guint32 first = 1, last = maker->province->n_places - 1; // ranks without the station
  if (draw_share (random) < maker->station_share)
    return 1;
  double share = draw_share (random);
  while (first < last) {
    guint32 middle = first + (last - first) / 2;
    if (maker->until[middle] < share)
      first = middle + 1;
    else
      last = middle;
  }
  return first + 1;
}

static void
add (Maker *maker, guint32 place, guint32 subject, guint32 arrived_s, guint32 left_s)
{
  Province *province = maker->province;
  if (province->n_stays == maker->n_room) {
    maker->n_room += maker->n_room / 8 + 1024;
    province->stays = g_renew (ProvinceStay, province->stays, maker->n_room);
  }
  province->stays[province->n_stays++] = (ProvinceStay){ place, subject, arrived_s, left_s };
}

static void
live (Maker *maker, guint32 subject, Random *random)
{
  guint32 habits[N_HABITS];
  double visits_a_day = maker->visits_a_day * (0.3 + 1.4 * draw_share (random));
  for (guint i = 0; i < N_HABITS; i++)
    habits[i] = draw_place (maker, random);
  for (guint32 day = 0; day < PROVINCE_DAYS; day++) {
    guint32 end_s = PROVINCE_BEGIN_S + day * DAY_S + 60000;
    guint32 now_s = PROVINCE_BEGIN_S + day * DAY_S + draw_between (random, 0, 20000);
    double rest = visits_a_day;
    for (; rest > 0 && now_s < end_s; rest--) {
      if (rest < 1 && draw_share (random) > rest)
        break;
      guint32 place = draw_share (random) < HABIT_SHARE * (1 - maker->station_share)
                          ? habits[draw (random) % N_HABITS]
                          : draw_place (maker, random);
      guint32 left_s = now_s + draw_length_s (random, place);
      add (maker, place, subject, now_s, left_s);
      now_s = left_s + MINUTE_S * draw_between (random, 5, 120);
    }
  }
}

static void
work (Maker *maker, guint32 place, Random *random)
{
  for (guint32 day = 0; day < PROVINCE_DAYS; day++) {
    guint32 begin_s = PROVINCE_BEGIN_S + day * DAY_S + draw_between (random, 0, 7200);
    add (maker, place, maker->province->n_people + place, begin_s,
         begin_s + 3600 * draw_between (random, 6, 10));
  }
}

static int
compare (const void *a, const void *b)
{
  const ProvinceStay *one = a, *other = b;
  if (one->arrived_s != other->arrived_s)
    return one->arrived_s < other->arrived_s ? -1 : 1;
  return (one->subject > other->subject) - (one->subject < other->subject);
}

static void
sort (Province *province)
{
  g_autofree gsize *next = g_new0 (gsize, (gsize) province->n_places + 2);
  ProvinceStay *sorted = g_new (ProvinceStay, province->n_stays);
  for (gsize i = 0; i < province->n_stays; i++)
    next[province->stays[i].place + 1]++;
  for (gsize i = 1; i < (gsize) province->n_places + 2; i++)
    next[i] += next[i - 1];
  for (gsize i = 0; i < province->n_stays; i++)
    sorted[next[province->stays[i].place]++] = province->stays[i];
  g_free (province->stays);
  province->stays = sorted;
  for (gsize place = 1, first = 0; place <= province->n_places; first = next[place++])
    qsort (sorted + first, next[place] - first, sizeof *sorted, compare);
}

Province *
province_new (gsize n_wanted, guint64 seed)
{
  double scale = MIN (1, (double) n_wanted / FULL_STAYS);
  Province *province = g_new0 (Province, 1);
  Maker maker = { .province = province };
  province->n_people = (guint32) (scale * FULL_PEOPLE);
  province->n_places = (guint32) (scale * FULL_VENUES);
  province->n_subjects = province->n_people + province->n_places;
  g_autofree double *until = maker.until = g_new (double, province->n_places);
  double sum = 0, n_a_day = (double) n_wanted / PROVINCE_DAYS - province->n_places;
  until[0] = 0;
  for (guint32 i = 1; i < province->n_places; i++)
    until[i] = sum += pow (i, -SKEW);
  for (guint32 i = 1; i < province->n_places; i++)
    until[i] /= sum;
  maker.station_share = scale * STATION_A_DAY / n_a_day;
  maker.visits_a_day = n_a_day / province->n_people;
  for (guint32 i = 1; i <= province->n_people; i++) {
    Random random = { seed + i * G_GUINT64_CONSTANT (1000003) };
    live (&maker, i, &random);
  }
  for (guint32 i = 1; i <= province->n_places; i++) {
    Random random = { ~seed - i };
    work (&maker, i, &random);
  }
  sort (province);
  while (province->stays[province->n_station_a_day].place == 1)
    province->n_station_a_day++;
  province->n_station_a_day /= PROVINCE_DAYS;
  return province;
}

void
province_free (Province *province)
{
  g_free (province->stays);
  g_free (province);
}
