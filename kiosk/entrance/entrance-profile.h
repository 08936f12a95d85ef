// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How one venue wants its entrance to behave. Immutable; the strings are valid as long as the
// profile.

#pragma once

#include <glib.h>

#include "kiosk/core/ct-credential.h"

G_BEGIN_DECLS

typedef enum {
  ENTRANCE_SECOND_SCAN_NOTICE,    // "already here since 08:12"
  ENTRANCE_SECOND_SCAN_CHECK_OUT, // the second scan leaves
} EntranceSecondScan;

typedef struct {
  const char *venue_name;
  const char *zone;
  EntranceSecondScan second_scan;
  guint cool_down_s; // the same code shown again within this time says the same again, without a
                     // new record
  guint result_ms;   // 2000 to 3000
  guint longest_stay_h;
  gboolean keep_details;            // seal the name to the officer's key
  const char *const *code_patterns; // NULL-terminated, see ct_venue_patterns
  const struct ct_pass_key *pass_keys;
  gsize n_pass_keys;
} EntranceProfile;

G_END_DECLS
