// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Short chimes. Without a sound device it stays silent and not ready; nobody waits for a sound.

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum {
  HW_CHIME_ACCEPTED, // two rising notes
  HW_CHIME_NOTICE,   // two equal notes
  HW_CHIME_REFUSED,  // one low, long note
} HwChime;

#define HW_TYPE_SPEAKER (hw_speaker_get_type ())
G_DECLARE_FINAL_TYPE (HwSpeaker, hw_speaker, HW, SPEAKER, GObject)

// @sink: a GStreamer sink description, or NULL for the system's own; volume 0 to 100 percent, 0 is
// silence.
HwSpeaker *hw_speaker_new (const char *sink, guint volume_percent);
gboolean hw_speaker_is_ready (HwSpeaker *self);

// Main thread, returns at once; a new chime replaces the one that still sounds.
void hw_speaker_play (HwSpeaker *self, HwChime chime);

G_END_DECLS
