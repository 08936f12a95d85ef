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
  FeedEnrolled *enrolled; // (nullable) its words are compared
  FeedCode tried;         // the last one; none: all zero
  gboolean is_late;       // no further code is taken
  guint wait_id;
  guint retry_id;
  guint compare_id;
  guint read_id;
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
clear_timeout (KioskEnrol *self, guint *id)
{
  if (*id != 0)
    entrance_clock_cancel (self->clock, *id);
  *id = 0;
}

static void
set_timeout (KioskEnrol *self, guint *id, guint delay_s, GSourceFunc callback)
{
  clear_timeout (self, id);
  *id = entrance_clock_add_timeout (self->clock, delay_s * 1000, callback, self);
}

static void
clear_timeouts (KioskEnrol *self)
{
  clear_timeout (self, &self->wait_id);
  clear_timeout (self, &self->retry_id);
  clear_timeout (self, &self->compare_id);
  clear_timeout (self, &self->read_id);
}

static void
finish (KioskEnrol *self)
{
  clear_timeouts (self);
  g_signal_handlers_disconnect_by_data (self->camera, self);
  g_signal_handlers_disconnect_by_data (self->session, self);
  show (self, ENTRANCE_ENROLMENT_NONE);
  g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

static void
give_up (KioskEnrol *self)
{
  g_message ("enrol: not joined within %d minutes; the kiosk works as before",
             KIOSK_ENROL_WAIT_S / 60);
  finish (self);
}

static gboolean
on_read_over (gpointer user_data)
{
  KioskEnrol *self = user_data;
  self->read_id = 0;
  give_up (self);
  return G_SOURCE_REMOVE;
}

// Who holds up a code in the last minute may still compare its words.
static gboolean
on_wait_over (gpointer user_data)
{
  KioskEnrol *self = user_data;
  self->wait_id = 0;
  self->is_late = TRUE;
  if (self->phase != ENTRANCE_ENROLMENT_JOINING && self->phase != ENTRANCE_ENROLMENT_JOINED)
    give_up (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_retry_due (gpointer user_data)
{
  KioskEnrol *self = user_data;
  self->retry_id = 0;
  self->tried = (FeedCode){ .url = "" };
  show (self, ENTRANCE_ENROLMENT_WAITING);
  return G_SOURCE_REMOVE;
}

static void
take_failure (KioskEnrol *self, const GError *error)
{
  g_message ("%s", error->message);
  if (self->is_late) {
    give_up (self);
    return;
  }
  if (g_error_matches (error, FEED_ERROR, FEED_ERROR_REFUSED)) {
    show (self, ENTRANCE_ENROLMENT_REFUSED);
    return;
  }
  show (self,
        error->domain == FEED_ERROR ? ENTRANCE_ENROLMENT_UNREACHABLE : ENTRANCE_ENROLMENT_FAILED);
  set_timeout (self, &self->retry_id, KIOSK_ENROL_RETRY_S, on_retry_due);
}

// The core knows the kiosk, and the kiosk does not know the core. If it was new, its key is gone,
// and nobody will ever show these words again: they are to be revoked.
static void
drop (KioskEnrol *self, const char *why)
{
  g_autofree char *kiosk = feed_words_of (self->enrolled->kiosk_key);
  g_message ("enrol: %s: not joined; that core lists the kiosk as %s", why, kiosk);
  clear_timeout (self, &self->compare_id);
  g_clear_pointer (&self->enrolled, feed_enrolled_drop);
  show (self, ENTRANCE_ENROLMENT_DROPPED);
  if (self->is_late)
    set_timeout (self, &self->read_id, KIOSK_ENROL_READ_S, on_read_over);
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
  if (!has_joined) {
    take_failure (self, error);
    return;
  }
  g_message ("enrolled for %s", membership.venue);
  kiosk_options_join (self->options, &membership);
  finish (self);
}

static void
confirm (KioskEnrol *self)
{
  clear_timeout (self, &self->compare_id);
  feed_enrol_confirm_async (g_steal_pointer (&self->enrolled), on_confirmed, g_object_ref (self));
}

static gboolean
on_compare_over (gpointer user_data)
{
  KioskEnrol *self = user_data;
  self->compare_id = 0;
  drop (self, "nobody compared the words");
  return G_SOURCE_REMOVE;
}

static void
on_compared (EntranceSession *session, gboolean are_same, KioskEnrol *self)
{
  if (self->phase != ENTRANCE_ENROLMENT_JOINED || self->enrolled == NULL)
    return;
  if (are_same)
    confirm (self);
  else
    drop (self, "the words differ");
}

static void
let_compare (KioskEnrol *self)
{
  const FeedEnrolled *enrolled = self->enrolled;
  g_autofree char *kiosk = feed_words_of (enrolled->kiosk_key);
  g_autofree char *core = feed_words_of (enrolled->membership.core_key);
  EntranceEnrolment enrolment = { .phase = ENTRANCE_ENROLMENT_JOINED,
                                  .venue = (char *) enrolled->membership.venue,
                                  .kiosk_words = kiosk,
                                  .core_words = core }; // copied by the session
  g_message ("enrol: a core offers %s; this kiosk's key: %s; the core's key: %s",
             enrolled->membership.venue, kiosk, core);
  self->phase = ENTRANCE_ENROLMENT_JOINED;
  entrance_session_show_enrolment (self->session, &enrolment);
  set_timeout (self, &self->compare_id, KIOSK_ENROL_COMPARE_S, on_compare_over);
}

static void
take_success (KioskEnrol *self, FeedEnrolled *enrolled)
{
  const char *wanted = self->options->core_words;
  self->enrolled = enrolled;
  if (wanted == NULL)
    let_compare (self);
  else if (feed_words_match (wanted, enrolled->membership.core_key))
    confirm (self);
  else
    drop (self, "not the core that was named");
}

static void
on_enrolled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (KioskEnrol) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FeedEnrolled) enrolled = feed_enrol_finish (result, &error);
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (enrolled != NULL)
    take_success (self, g_steal_pointer (&enrolled));
  else
    take_failure (self, error);
}

static gboolean
is_tried (KioskEnrol *self, const FeedCode *code)
{
  return memcmp (code->token, self->tried.token, sizeof code->token) == 0 &&
         memcmp (code->pin, self->tried.pin, sizeof code->pin) == 0;
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
    if (self->is_late || self->phase == ENTRANCE_ENROLMENT_JOINING ||
        self->phase == ENTRANCE_ENROLMENT_JOINED || !feed_code_read (text, len, &code) ||
        is_tried (self, &code))
      continue;
    clear_timeout (self, &self->retry_id);
    self->tried = code;
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
  g_signal_connect_object (self->session, "compared", G_CALLBACK (on_compared), self, 0);
  set_timeout (self, &self->wait_id, KIOSK_ENROL_WAIT_S, on_wait_over);
  show (self, ENTRANCE_ENROLMENT_WAITING);
}

static void
kiosk_enrol_dispose (GObject *object)
{
  KioskEnrol *self = KIOSK_ENROL (object);
  g_cancellable_cancel (self->cancellable);
  clear_timeouts (self);
  g_clear_pointer (&self->enrolled, feed_enrolled_free);
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
