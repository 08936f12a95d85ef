// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Evidence is who was heard last: it is not touched while nothing is heard.

#include "hw/hw-radio-silence.h"

#include <string.h>

enum { TAKEN_NONE, TAKEN_SCAN, TAKEN_CYCLE, TAKEN_ALL };

void
hw_radio_silence_begin (HwRadioSilence *self, gint64 now_us)
{
  if (self->since_us == 0)
    self->since_us = self->count_us = now_us;
}

void
hw_radio_silence_end (HwRadioSilence *self)
{
  self->since_us = 0;
  self->n_taken = TAKEN_NONE;
  self->doubt_us = 0;
}

gboolean
hw_radio_silence_is_wide (const HwRadioSilence *self)
{
  return self->n_taken != TAKEN_NONE;
}

// Several were heard at the last moment before the silence.
static gboolean
was_lively (const HwRadioSilence *self)
{
  guint n = 0;
  for (guint i = 0; i < self->n_recent; i++)
    n += self->recent[i].at_us >= self->since_us - HW_SILENCE_LATELY_S * G_USEC_PER_SEC;
  return n >= HW_SILENCE_LIVELY;
}

HwRemedy
hw_radio_silence_look (HwRadioSilence *self, gint64 now_us)
{
  static const gint64 after_s[] = { HW_SILENCE_SCAN_S, HW_SILENCE_CYCLE_S, HW_SILENCE_GIVE_S,
                                    HW_SILENCE_AGAIN_S };
  if (self->since_us == 0 || now_us < self->calm_us ||
      now_us - self->count_us < after_s[self->n_taken] * G_USEC_PER_SEC)
    return HW_REMEDY_NONE;
  self->doubt_us = now_us + HW_SILENCE_RETURN_S * G_USEC_PER_SEC;
  switch (self->n_taken++) {
  case TAKEN_NONE:
    return HW_REMEDY_SCAN;
  case TAKEN_SCAN:
    return HW_REMEDY_CYCLE;
  case TAKEN_CYCLE:
    return was_lively (self) ? HW_REMEDY_DEAF : HW_REMEDY_NONE;
  default: // once more from the beginning
    self->n_taken = TAKEN_SCAN;
    self->count_us = now_us - HW_SILENCE_SCAN_S * G_USEC_PER_SEC;
    return HW_REMEDY_SCAN;
  }
}

static guint
find_recent (const HwRadioSilence *self, const guint8 address[6])
{
  guint at = 0;
  while (at < self->n_recent && memcmp (self->recent[at].address, address, 6) != 0)
    at++;
  return at;
}

static void
remember (HwRadioSilence *self, const guint8 address[6], gint64 now_us)
{
  guint at = find_recent (self, address);
  if (at == self->n_recent && at < HW_SILENCE_RECENT)
    self->n_recent++;
  else if (at == self->n_recent)
    for (guint i = at = 0; i < self->n_recent; i++)
      at = self->recent[i].at_us < self->recent[at].at_us ? i : at;
  memcpy (self->recent[at].address, address, 6);
  self->recent[at].at_us = now_us;
}

// It is heard again, right after a remedy.
static gboolean
has_returned (const HwRadioSilence *self, const guint8 address[6], gint64 now_us)
{
  guint at = find_recent (self, address);
  return now_us < self->doubt_us && at < self->n_recent &&
         self->recent[at].at_us > self->since_us - HW_SILENCE_WHILE_S * G_USEC_PER_SEC;
}

HwHeard
hw_radio_silence_hear (HwRadioSilence *self,
                       const guint8 address[6],
                       gboolean is_beacon,
                       gint64 now_us)
{
  gboolean was_silent = self->n_taken != TAKEN_NONE;
  gboolean was_deaf =
      has_returned (self, address, now_us) || (self->n_taken >= TAKEN_CYCLE && was_lively (self));
  self->n_taken = TAKEN_NONE;
  self->calm_us = was_silent ? now_us + HW_SILENCE_AGAIN_S * G_USEC_PER_SEC : self->calm_us;
  if (was_deaf || is_beacon)
    self->doubt_us = 0;
  if (!is_beacon)
    return was_deaf ? HW_HEARD_AGAIN : HW_HEARD;
  if (!was_silent)
    self->calm_us = 0;
  if (self->since_us != 0)
    self->since_us = self->count_us = now_us;
  remember (self, address, now_us);
  return was_deaf ? HW_HEARD_AGAIN : HW_HEARD;
}
