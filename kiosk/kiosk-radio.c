// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// From a source to a backend.

#define G_LOG_DOMAIN "kiosk-radio"

#include "kiosk/kiosk-radio.h"

#include <string.h>

#include "hw/hw-radio-bluez.h"
#include "hw/hw-radio-replay.h"
#include "kiosk/core/ct-tag.h"

#define EDDYSTONE       "0000feaa-0000-1000-8000-00805f9b34fb"
#define POWER_AT_1M_DBM -59 // of a common USB adapter

// Known by its maker's data only.
static gboolean
is_without_service (const struct ct_beacon *tag)
{
  return tag->kind == CT_BEACON_IBEACON || tag->kind == CT_BEACON_ALTBEACON;
}

static void
advertise_venue (HwRadioBluez *radio, const struct ct_config *config)
{
  struct ct_beacon tags[CT_TAGS_MAX];
  guint8 data[CT_EDDYSTONE_UID_SIZE];
  if (ct_tags_read (ct_span_of (config->radio_venue), tags) != 1)
    return;
  tags[0].power_at_1m_dbm = POWER_AT_1M_DBM;
  ct_beacon_write_eddystone (&tags[0], data);
  g_autoptr (GBytes) frame = g_bytes_new (data, sizeof data);
  hw_radio_bluez_advertise (radio, EDDYSTONE, frame);
}

HwRadio *
kiosk_radio_new (const struct ct_config *config)
{
  if (strcmp (config->radio_source, "none") == 0)
    return NULL;
  if (g_str_has_prefix (config->radio_source, "log:"))
    return HW_RADIO (hw_radio_replay_new (config->radio_source + strlen ("log:")));
  g_autoptr (GArray) tags = kiosk_radio_read_tags (config);
  struct ct_beacon reference = kiosk_radio_read_reference (config);
  gboolean hears_all = config->radio_hear_all || is_without_service (&reference);
  for (guint i = 0; i < tags->len; i++)
    hears_all |= is_without_service (&g_array_index (tags, struct ct_beacon, i));
  HwRadioBluez *radio = hw_radio_bluez_new (config->radio_source + strlen ("bluez:"), hears_all);
  advertise_venue (radio, config);
  return HW_RADIO (radio);
}

GArray *
kiosk_radio_read_tags (const struct ct_config *config)
{
  struct ct_beacon tags[CT_TAGS_MAX];
  GArray *array = g_array_new (FALSE, FALSE, sizeof (struct ct_beacon));
  int n_tags = ct_tags_read (ct_span_of (config->radio_tags), tags);
  if (n_tags > 0) // the configuration was read, so they are right
    g_array_append_vals (array, tags, (guint) n_tags);
  return array;
}

GArray *
kiosk_radio_read_badges (const struct ct_config *config)
{
  bool are_staff[CT_TAGS_MAX];
  g_autoptr (GArray) tags = kiosk_radio_read_tags (config);
  GArray *array = g_array_new (FALSE, FALSE, sizeof (struct ct_beacon));
  int n_tags = ct_tags_read_staff (ct_span_of (config->radio_tags), are_staff);
  for (int i = 0; i < n_tags; i++)
    if (are_staff[i])
      g_array_append_val (array, g_array_index (tags, struct ct_beacon, i));
  return array;
}

struct ct_beacon
kiosk_radio_read_reference (const struct ct_config *config)
{
  struct ct_beacon tags[CT_TAGS_MAX] = { { .kind = CT_BEACON_NONE } };
  (void) ct_tags_read (ct_span_of (config->radio_reference), tags); // it was read before
  return tags[0];
}
