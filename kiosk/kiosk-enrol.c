// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The session shows it, and does not open the journal before it is over: the lock is the
// enrolment's.

#define G_LOG_DOMAIN "kiosk-enrol"

#include "kiosk/kiosk-enrol.h"

#include <string.h>

#include "kiosk/feed/feed-enrol.h"

struct _KioskEnrol {
  GObject parent_instance;

  KioskOptions *options;
  HwCamera *camera;
  EntranceSession *session;
  EntranceClock *clock;
  GCancellable *cancellable;
  EntranceEnrolmentPhase phase;
  guint8 token[FEED_TOKEN_SIZE]; // that was tried last
  guint8 kiosk_key[JOURNAL_KEY_SIZE];
  guint retry_id;
  guint compare_id;
};

enum { SIGNAL_DONE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (KioskEnrol, kiosk_enrol, G_TYPE_OBJECT)

static void
show (KioskEnrol *self, EntranceEnrolmentPhase phase)
{
  EntranceEnrolment enrolment = { .phase = phase };
  self->phase = phase;
  entrance_session_show_enrolment (self->session, &enrolment);
}

static void
finish (KioskEnrol *self)
{
  g_clear_handle_id (&self->retry_id, g_source_remove);
  g_clear_handle_id (&self->compare_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->camera, self);
  g_signal_handlers_disconnect_by_data (self->session, self);
  show (self, ENTRANCE_ENROLMENT_NONE);
  g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

static gboolean
on_compare_over (gpointer user_data)
{
  KioskEnrol *self = user_data;
  self->compare_id = 0;
  finish (self);
  return G_SOURCE_REMOVE;
}

static void
on_go_on (EntranceSession *session, KioskEnrol *self)
{
  if (self->phase == ENTRANCE_ENROLMENT_JOINED)
    finish (self);
}

static gboolean
on_retry_due (gpointer user_data)
{
  KioskEnrol *self = user_data;
  self->retry_id = 0;
  memset (self->token, 0, sizeof self->token);
  show (self, ENTRANCE_ENROLMENT_WAITING);
  return G_SOURCE_REMOVE;
}

static void
take_failure (KioskEnrol *self, const GError *error)
{
  g_message ("%s", error->message);
  if (g_error_matches (error, FEED_ERROR, FEED_ERROR_REFUSED)) {
    show (self, ENTRANCE_ENROLMENT_REFUSED);
    return;
  }
  show (self,
        error->domain == FEED_ERROR ? ENTRANCE_ENROLMENT_UNREACHABLE : ENTRANCE_ENROLMENT_FAILED);
  self->retry_id = g_timeout_add_seconds (KIOSK_ENROL_RETRY_S, on_retry_due, self);
}

static void
take_success (KioskEnrol *self, const JournalMembership *membership)
{
  g_autofree char *kiosk = feed_words_of (self->kiosk_key);
  g_autofree char *core = feed_words_of (membership->core_key);
  EntranceEnrolment enrolment = { .phase = ENTRANCE_ENROLMENT_JOINED,
                                  .venue = (char *) membership->venue,
                                  .kiosk_words = kiosk,
                                  .core_words = core }; // copied by the session
  g_message ("enrolled for %s; this kiosk's key: %s; the core's key: %s", membership->venue, kiosk,
             core);
  kiosk_options_join (self->options, membership);
  self->phase = ENTRANCE_ENROLMENT_JOINED;
  entrance_session_show_enrolment (self->session, &enrolment);
  if (self->options->headless)
    finish (self);
  else
    self->compare_id = g_timeout_add_seconds (KIOSK_ENROL_COMPARE_S, on_compare_over, self);
}

static void
on_confirmed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (KioskEnrol) self = user_data;
  g_autoptr (GError) error = NULL;
  JournalMembership membership;
  gboolean has_joined = feed_enrol_confirm_finish (result, &membership, &error);
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (has_joined)
    take_success (self, &membership);
  else
    take_failure (self, error);
}

static void
on_enrolled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (KioskEnrol) self = user_data;
  g_autoptr (GError) error = NULL;
  FeedEnrolled *enrolled = feed_enrol_finish (result, &error);
  if (enrolled != NULL) {
    memcpy (self->kiosk_key, enrolled->kiosk_key, sizeof self->kiosk_key);
    feed_enrol_confirm_async (enrolled, on_confirmed, g_object_ref (self));
  } else if (!g_cancellable_is_cancelled (self->cancellable)) {
    take_failure (self, error);
  }
}

// A code that was tried stays in view for a while; it is tried once.
static void
on_codes (HwCamera *camera, GPtrArray *codes, KioskEnrol *self)
{
  JournalStamp now;
  FeedCode code;
  for (guint i = 0; i < codes->len; i++) {
    const HwCode *seen = g_ptr_array_index (codes, i);
    gsize len = 0;
    const char *text = g_bytes_get_data (seen->payload, &len);
    if (self->phase == ENTRANCE_ENROLMENT_JOINING || self->phase == ENTRANCE_ENROLMENT_JOINED ||
        !feed_code_read (text, len, &code) ||
        memcmp (code.token, self->token, sizeof self->token) == 0)
      continue;
    g_clear_handle_id (&self->retry_id, g_source_remove);
    memcpy (self->token, code.token, sizeof self->token);
    show (self, ENTRANCE_ENROLMENT_JOINING);
    entrance_clock_read (self->clock, &now);
    feed_enrol_async (self->options->state_dir, &code, &now, self->options->again,
                      self->cancellable, on_enrolled, g_object_ref (self));
  }
}

void
kiosk_enrol_start (KioskEnrol *self)
{
  gboolean is_wanted = self->options->enroll;
  if (is_wanted && self->options->is_enrolled && !self->options->again) {
    g_message ("enrol: the kiosk belongs to %s already; --again leaves it for another",
               self->options->membership.venue);
    is_wanted = FALSE;
  }
  if (!is_wanted) {
    g_signal_emit (self, signals[SIGNAL_DONE], 0);
    return;
  }
  g_signal_connect_object (self->camera, "codes", G_CALLBACK (on_codes), self, 0);
  g_signal_connect_object (self->session, "go-on", G_CALLBACK (on_go_on), self, 0);
  show (self, ENTRANCE_ENROLMENT_WAITING);
}

static void
kiosk_enrol_dispose (GObject *object)
{
  KioskEnrol *self = KIOSK_ENROL (object);
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  g_clear_handle_id (&self->compare_id, g_source_remove);
  g_clear_object (&self->camera);
  g_clear_object (&self->session);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (kiosk_enrol_parent_class)->dispose (object);
}

static void
kiosk_enrol_finalize (GObject *object)
{
  g_object_unref (KIOSK_ENROL (object)->cancellable);
  G_OBJECT_CLASS (kiosk_enrol_parent_class)->finalize (object);
}

static void
kiosk_enrol_class_init (KioskEnrolClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->dispose = kiosk_enrol_dispose;
  object_class->finalize = kiosk_enrol_finalize;
  signals[SIGNAL_DONE] = g_signal_new ("done", KIOSK_TYPE_ENROL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 0);
}

static void
kiosk_enrol_init (KioskEnrol *self)
{
  self->cancellable = g_cancellable_new ();
}

KioskEnrol *
kiosk_enrol_new (KioskOptions *options,
                 HwCamera *camera,
                 EntranceSession *session,
                 EntranceClock *clock)
{
  KioskEnrol *self = g_object_new (KIOSK_TYPE_ENROL, NULL);
  self->options = options;
  self->camera = g_object_ref (camera);
  self->session = g_object_ref (session);
  self->clock = g_object_ref (clock);
  return self;
}
