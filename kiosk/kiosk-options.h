// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the command line and the configuration file say, together: read once at start, then never
// changed.

#pragma once

#include "kiosk/entrance/entrance-profile.h"
#include "kiosk/journal/journal-membership.h"
#include "kiosk/journal/journal-pass.h"
#include "kiosk/kiosk-config.h"

G_BEGIN_DECLS

typedef struct {
  gboolean windowed;
  gboolean headless;
  gboolean demo;
  gboolean quit_after_demo;
  gboolean enroll; // join a core first
  gboolean again;  // although it belongs to one
  gboolean version;
  char *core_words;  // (nullable) of the only core to join; then nobody has to compare any
  char *config_path; // (nullable) none named
  char *state_dir;
  struct ct_config config;
  const char *code_patterns[CT_CONFIG_PATTERNS_MAX + 1]; // of @config, NULL-terminated
  JournalPassKey *pass_key;                              // (nullable) it is damaged
  gboolean is_enrolled;
  JournalMembership membership; // while it is
  EntranceProfile profile;      // points into all of them
} KioskOptions;

// Reads the command line, then the configuration. On failure: NULL, and @ret_status is what to exit
// with.
KioskOptions *kiosk_options_new (int *argc, char ***argv, int *ret_status, GError **error);
// The kiosk belongs to a core now.
void kiosk_options_join (KioskOptions *options, const JournalMembership *membership);
void kiosk_options_free (KioskOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KioskOptions, kiosk_options_free)

G_END_DECLS
