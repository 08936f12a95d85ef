// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The radio that the configuration names, and the tags that are enrolled.

#pragma once

#include "hw/hw-radio.h"
#include "kiosk/core/ct-config.h"

G_BEGIN_DECLS

HwRadio *kiosk_radio_new (const struct ct_config *config);        // (nullable): none is configured
GArray *kiosk_radio_read_tags (const struct ct_config *config);   // of struct ct_beacon
GArray *kiosk_radio_read_badges (const struct ct_config *config); // those that the staff wear
struct ct_beacon kiosk_radio_read_reference (const struct ct_config *config); // of kind NONE: none

G_END_DECLS
