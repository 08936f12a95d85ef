// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What one frame's codes amount to: somebody's credential, or an answer that needs no record.

#pragma once

#include <glib.h>

#include "hw/hw-camera.h"
#include "kiosk/core/ct-tag.h"
#include "kiosk/entrance/entrance-profile.h"
#include "kiosk/entrance/entrance-view.h"

G_BEGIN_DECLS

typedef struct {
  gboolean is_credential;
  struct ct_credential credential; // when is_credential; wipe with entrance_decision_clear ()
  EntranceMessage message;         // when not
  EntranceTone tone;               // amber or red, when not
  guint8
      key[16]; // the same thing shown again has the same key; says nothing about it without @secret
} EntranceDecision;

// @codes: of HwCode, nearest the middle first, at least one. @secret keys the hashes: random, of
// this process.
void entrance_decide (const struct ct_read_context *context,
                      GPtrArray *codes,
                      const guint8 secret[32],
                      EntranceDecision *ret_decision);
// An enrolled tag that is held at the kiosk; @is_staff: a badge of the venue's staff.
void entrance_decide_tag (const struct ct_beacon *tag,
                          gboolean is_staff,
                          const guint8 secret[32],
                          EntranceDecision *ret_decision);
void entrance_decision_clear (EntranceDecision *decision);

// What keeps the entrance from seeing; NONE for a camera that is ready.
EntranceMessage entrance_message_of_camera (HwCameraState state);

// What the venue reads: its own codes, the passes it trusts. Without a clock until the caller sets
// it.
void entrance_read_context_init (struct ct_read_context *context, const EntranceProfile *profile);

G_END_DECLS
