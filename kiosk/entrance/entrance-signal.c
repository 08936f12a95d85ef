// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The only file of the tree that lights green.

#define G_LOG_DOMAIN "entrance-signal"

#include "kiosk/entrance/entrance-signal.h"

static void
tell (HwPanel *panel, HwLamp lamp, HwBuzz buzz, HwSpeaker *speaker, HwChime chime)
{
  if (panel != NULL) {
    hw_panel_set_lamp (panel, lamp);
    hw_panel_buzz (panel, buzz);
  }
  if (speaker != NULL)
    hw_speaker_play (speaker, chime);
}

void
entrance_signal_recorded (HwPanel *panel, HwSpeaker *speaker, const JournalCommitted *committed)
{
  g_return_if_fail (committed != NULL);
  tell (panel, HW_LAMP_GREEN, HW_BUZZ_SHORT, speaker, HW_CHIME_ACCEPTED);
  if (panel != NULL)
    hw_panel_open_door (panel);
}

void
entrance_signal_notice (HwPanel *panel, HwSpeaker *speaker)
{
  tell (panel, HW_LAMP_AMBER, HW_BUZZ_TWICE, speaker, HW_CHIME_NOTICE);
}

void
entrance_signal_refused (HwPanel *panel, HwSpeaker *speaker)
{
  tell (panel, HW_LAMP_RED, HW_BUZZ_LONG, speaker, HW_CHIME_REFUSED);
}

void
entrance_signal_out_of_service (HwPanel *panel)
{
  if (panel != NULL)
    hw_panel_set_lamp (panel, HW_LAMP_RED);
}

void
entrance_signal_off (HwPanel *panel)
{
  if (panel != NULL)
    hw_panel_set_lamp (panel, HW_LAMP_OFF);
}
