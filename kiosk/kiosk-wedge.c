// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// From the configuration's words to the scanner's.

#define G_LOG_DOMAIN "kiosk-wedge"

#include "kiosk/kiosk-wedge.h"

#include <string.h>

G_STATIC_ASSERT (CT_CONFIG_PREFIX_MAX == HW_WEDGE_PREFIX_MAX);

HwWedge *
kiosk_wedge_new (const struct ct_config *config)
{
  static const HwWedgeEnd ends[] = {
    [CT_WEDGE_END_ENTER] = HW_WEDGE_END_ENTER,
    [CT_WEDGE_END_TAB] = HW_WEDGE_END_TAB,
    [CT_WEDGE_END_SILENCE] = HW_WEDGE_END_SILENCE,
  };
  if (strcmp (config->wedge_source, "none") == 0)
    return NULL;
  return hw_wedge_new (config->wedge_source, ends[config->wedge_end], config->wedge_prefix);
}
