// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Three weeks of a province that there is not: people with habits, venues of which few have most of
// the visits, a bus station, somebody at work at every venue. The same for the same seed.

#pragma once

#include <glib.h>

#define PROVINCE_DAYS    21
#define PROVINCE_BEGIN_S 1700000000 // 05:13 of a day

typedef struct {
  guint32 place, subject; // from 1; the station is place 1
  guint32 arrived_s, left_s;
} ProvinceStay;

typedef struct {
  ProvinceStay *stays; // by place and arrival
  gsize n_stays;
  guint32 n_places, n_people, n_subjects; // those after the people are staff
  guint n_station_a_day;
} Province;

// About @n_wanted stays: of 1.3 million people at 20,000 venues when there are 10 million or more.
Province *province_new (gsize n_wanted, guint64 seed);
void province_free (Province *province);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Province, province_free)
