// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The view as a value, and the one door to green.

#define G_LOG_DOMAIN "entrance-view"

#include "kiosk/entrance/entrance-view.h"

G_DEFINE_BOXED_TYPE (EntranceView, entrance_view, entrance_view_ref, entrance_view_unref)

EntranceEnrolment
entrance_enrolment_copy (const EntranceEnrolment *enrolment)
{
  return (EntranceEnrolment){ enrolment->phase, g_strdup (enrolment->venue),
                              g_strdup (enrolment->kiosk_words), g_strdup (enrolment->core_words) };
}

void
entrance_enrolment_clear (EntranceEnrolment *enrolment)
{
  g_free (enrolment->venue);
  g_free (enrolment->kiosk_words);
  g_free (enrolment->core_words);
  *enrolment = (EntranceEnrolment){ .phase = ENTRANCE_ENROLMENT_NONE };
}

static EntranceView *
copy (const EntranceView *model, EntranceTone tone)
{
  EntranceView *view = g_rc_box_new (EntranceView);
  *view = *model;
  view->tone = tone;
  view->masked_name = g_strdup (model->masked_name);
  view->venue_name = g_strdup (model->venue_name);
  view->enrolment = entrance_enrolment_copy (&model->enrolment);
  return view;
}

EntranceView *
entrance_view_new (const EntranceView *model)
{
  g_return_val_if_fail (model->tone != ENTRANCE_TONE_GREEN, NULL);
  return copy (model, model->tone);
}

EntranceView *
entrance_view_new_recorded (const EntranceView *model, const JournalCommitted *committed)
{
  g_return_val_if_fail (committed != NULL, NULL);
  return copy (model, ENTRANCE_TONE_GREEN);
}

static void
clear (gpointer view)
{
  g_free (((EntranceView *) view)->masked_name);
  g_free (((EntranceView *) view)->venue_name);
  entrance_enrolment_clear (&((EntranceView *) view)->enrolment);
}

EntranceView *
entrance_view_ref (EntranceView *view)
{
  return g_rc_box_acquire (view);
}

void
entrance_view_unref (EntranceView *view)
{
  g_rc_box_release_full (view, clear);
}

const char *
entrance_message_to_string (EntranceMessage message)
{
  static const char *const words[ENTRANCE_N_MESSAGES] = {
    [ENTRANCE_MESSAGE_NONE] = "none",
    [ENTRANCE_MESSAGE_WELCOME] = "welcome",
    [ENTRANCE_MESSAGE_GOODBYE] = "goodbye",
    [ENTRANCE_MESSAGE_ALREADY_HERE] = "already-here",
    [ENTRANCE_MESSAGE_NOT_INSIDE] = "not-inside",
    [ENTRANCE_MESSAGE_ASK_STAFF] = "ask-staff",
    [ENTRANCE_MESSAGE_CODE_EXPIRED] = "code-expired",
    [ENTRANCE_MESSAGE_ONE_AT_A_TIME] = "one-at-a-time",
    [ENTRANCE_MESSAGE_MULTI_PART] = "multi-part",
    [ENTRANCE_MESSAGE_HEALTH_PASS] = "health-pass",
    [ENTRANCE_MESSAGE_UNKNOWN_CODE] = "unknown-code",
    [ENTRANCE_MESSAGE_UNREADABLE] = "unreadable",
    [ENTRANCE_MESSAGE_DAMAGED] = "damaged",
    [ENTRANCE_MESSAGE_LINK] = "link",
    [ENTRANCE_MESSAGE_WIFI] = "wifi",
    [ENTRANCE_MESSAGE_PAYMENT] = "payment",
    [ENTRANCE_MESSAGE_VENUE_POSTER] = "venue-poster",
    [ENTRANCE_MESSAGE_SECRET] = "secret",
    [ENTRANCE_MESSAGE_EMPTY] = "empty",
    [ENTRANCE_MESSAGE_FORGED] = "forged",
    [ENTRANCE_MESSAGE_NOT_RECORDED] = "not-recorded",
    [ENTRANCE_MESSAGE_NO_CAMERA] = "no-camera",
    [ENTRANCE_MESSAGE_CAMERA_BUSY] = "camera-busy",
    [ENTRANCE_MESSAGE_CAMERA_FORMAT] = "camera-format",
    [ENTRANCE_MESSAGE_CAMERA_FROZEN] = "camera-frozen",
    [ENTRANCE_MESSAGE_JOURNAL_FAILED] = "journal-failed",
    [ENTRANCE_MESSAGE_DISK_FULL] = "disk-full",
    [ENTRANCE_MESSAGE_POWER] = "power",
  };
  g_return_val_if_fail ((guint) message < ENTRANCE_N_MESSAGES, "none");
  return words[message];
}
