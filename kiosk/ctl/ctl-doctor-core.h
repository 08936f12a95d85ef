// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the doctor says, and his look at the link to the tracing core.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum { HEALTH_OK, HEALTH_MISSING, HEALTH_BROKEN } Health;

typedef struct {
  Health health;
  const char *fact;      // what was seen, a fixed English phrase
  const char *advice_vi; // (nullable) what to do
  const char *advice_en;
} Finding;

// Appends to @detail what is in numbers.
Finding ctl_doctor_examine_core (const char *state_dir, GString *detail);

G_END_DECLS
