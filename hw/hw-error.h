// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The errors of the hardware layer.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define HW_ERROR (hw_error_quark ())
GQuark hw_error_quark (void);

typedef enum {
  HW_ERROR_SYNTAX,  // what somebody wrote into the configuration
  HW_ERROR_MISSING, // no such device, or gone
  HW_ERROR_BUSY,    // somebody else holds it
  HW_ERROR_IO,      // anything else the device answered
} HwError;

G_END_DECLS
