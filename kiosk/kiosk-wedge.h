// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The wedge scanner that the configuration names.

#pragma once

#include "hw/hw-wedge.h"
#include "kiosk/core/ct-config.h"

G_BEGIN_DECLS

// @config as kiosk_config_read () accepted it. (nullable): none is configured.
HwWedge *kiosk_wedge_new (const struct ct_config *config);

G_END_DECLS
