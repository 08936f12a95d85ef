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

// Known by its maker's data only.
static gboolean
is_without_service (const struct ct_beacon *tag)
{
  return tag->kind == CT_BEACON_IBEACON || tag->kind == CT_BEACON_ALTBEACON;
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
  gboolean hears_all = is_without_service (&reference);
  for (guint i = 0; i < tags->len; i++)
    hears_all |= is_without_service (&g_array_index (tags, struct ct_beacon, i));
  return HW_RADIO (hw_radio_bluez_new (config->radio_source + strlen ("bluez:"), hears_all));
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

struct ct_beacon
kiosk_radio_read_reference (const struct ct_config *config)
{
  struct ct_beacon tags[CT_TAGS_MAX] = { { .kind = CT_BEACON_NONE } };
  (void) ct_tags_read (ct_span_of (config->radio_reference), tags); // it was read before
  return tags[0];
}
