// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The keys of tramxanh.conf and what each accepts. Private to ct-config.c.

#pragma once

#include <stddef.h>

#include "kiosk/core/ct-config.h"
#include "kiosk/core/ct-span.h"

#define CT_CONFIG_N_KEYS 29

extern const struct ct_config_key CT_CONFIG_KEYS[CT_CONFIG_N_KEYS];

// Writes the value where the key's place in the configuration is. Returns NULL, or why the value is
// wrong (static words).
const char *ct_config_key_set (size_t index, struct ct_span value, struct ct_config *config);
