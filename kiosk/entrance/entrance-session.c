// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The state machine at the door. Every event changes a few fields and ends in publish (), which
// derives the whole view.

#define G_LOG_DOMAIN "entrance-session"

#include "kiosk/entrance/entrance-session.h"

#include <sodium.h>
#include <string.h>

#include "kiosk/entrance/entrance-decision.h"
#include "kiosk/entrance/entrance-session-private.h"
#include "kiosk/entrance/entrance-signal.h"

#define LEAVING_MS        15000
#define NO_CODE_MS        30000
#define WAITING_SCANS_MAX 4
#define MINUTE_MS         60000
#define HOUR_MS           3600000

enum { PROP_VIEW = 1, N_PROPS };
static GParamSpec *props[N_PROPS];
enum { SIGNAL_ARRIVED, SIGNAL_COMPARED, SIGNAL_DECIDED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EntranceSession, entrance_session, G_TYPE_OBJECT)

static void record (EntranceSession *self, const WaitingScan *scan);

void
entrance_waiting_scan_free (gpointer scan)
{
  sodium_memzero (scan, sizeof (WaitingScan));
  g_free (scan);
}

static gint64
boottime_ms (EntranceSession *self)
{
  JournalStamp stamp;
  entrance_clock_read (self->clock, &stamp);
  return stamp.boottime_ns / 1000000;
}

void
entrance_session_clear_timeout (EntranceSession *self, guint *id)
{
  if (*id != 0)
    entrance_clock_cancel (self->clock, *id);
  *id = 0;
}

void
entrance_session_set_timeout (EntranceSession *self,
                              guint *id,
                              guint delay_ms,
                              GSourceFunc callback)
{
  entrance_session_clear_timeout (self, id);
  *id = entrance_clock_add_timeout (self->clock, delay_ms, callback, self);
}

// An answer is read to its end; after that, what keeps the entrance from working comes first.
static void
derive_page (EntranceSession *self, EntranceView *model)
{
  if (self->shows_answer) {
    model->page = ENTRANCE_PAGE_RESULT;
    model->tone = self->answer.tone;
    model->message = self->answer.message;
    model->masked_name = self->answer.masked_name;
    model->at_ms = self->answer_at_ms;
    model->since_ms = self->answer.since_ms;
    model->is_repeat = self->answer.is_repeat;
  } else if (self->enrolment.phase != ENTRANCE_ENROLMENT_NONE) {
    model->page = ENTRANCE_PAGE_ENROL;
  } else if (self->power_is_failing) {
    model->page = ENTRANCE_PAGE_OUT_OF_SERVICE;
    model->message = ENTRANCE_MESSAGE_POWER;
  } else if (self->journal_trouble != ENTRANCE_MESSAGE_NONE) {
    model->page = ENTRANCE_PAGE_OUT_OF_SERVICE;
    model->message = self->journal_trouble;
  } else if (self->camera_is_down && !self->has_scanner) {
    model->page = ENTRANCE_PAGE_OUT_OF_SERVICE;
    model->message = entrance_message_of_camera (self->camera_state);
  } else if (!self->journal_is_open ||
             (self->camera_state == HW_CAMERA_STARTING && !self->has_scanner)) {
    model->page = ENTRANCE_PAGE_STARTING;
  } else {
    model->page = self->shows_no_code ? ENTRANCE_PAGE_NO_CODE : ENTRANCE_PAGE_WAITING;
  }
}

static gboolean
is_green (const EntranceAnswer *answer)
{
  return answer->committed != NULL && (answer->message == ENTRANCE_MESSAGE_WELCOME ||
                                       answer->message == ENTRANCE_MESSAGE_GOODBYE);
}

void
entrance_session_publish (EntranceSession *self)
{
  JournalStamp stamp;
  entrance_clock_read (self->clock, &stamp);
  EntranceView model = {
    .direction = self->direction,
    .result_id = self->result_id,
    .result_ms = self->profile->result_ms,
    .people_inside = journal_store_get_people_inside (self->journal),
    .now_ms = stamp.wall_ms,
    .clock_trusted = stamp.quality != JOURNAL_CLOCK_UNSET,
    .paper = self->paper,
    .need = entrance_session_find_need (self),
    .radio = self->radio,
    .people_near = self->people_near,
    .feed = self->feed,
    .enrolment = self->enrolment, // copied by the view
    .camera_is_blind = self->camera_is_blind || self->camera_is_down,
    .is_standalone = !journal_store_is_enrolled (self->journal),
    .venue_name = (char *) self->profile->venue_name, // copied by the view
  };
  derive_page (self, &model);
  EntranceView *view = self->shows_answer && is_green (&self->answer)
                           ? entrance_view_new_recorded (&model, self->answer.committed)
                           : entrance_view_new (&model);
  EntrancePage before = self->view != NULL ? self->view->page : ENTRANCE_PAGE_STARTING;
  g_clear_pointer (&self->view, entrance_view_unref);
  self->view = view;
  if (!self->shows_answer && view->page == ENTRANCE_PAGE_OUT_OF_SERVICE)
    entrance_signal_out_of_service (self->panel);
  else if (!self->shows_answer && before != view->page)
    entrance_signal_off (self->panel);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_VIEW]);
}

static void
end_answer (EntranceSession *self)
{
  entrance_session_clear_timeout (self, &self->answer_timeout_id);
  self->shows_answer = FALSE;
  entrance_answer_clear (&self->answer);
}

static gboolean
on_answer_over (gpointer user_data)
{
  EntranceSession *self = user_data;
  self->answer_timeout_id = 0;
  end_answer (self);
  entrance_session_publish (self);
  return G_SOURCE_REMOVE;
}

// Takes the answer over. Colour, light and sound start together.
static void
tell (EntranceSession *self, EntranceAnswer *answer)
{
  JournalStamp stamp;
  entrance_clock_read (self->clock, &stamp);
  entrance_answer_clear (&self->answer);
  self->answer = *answer;
  *answer = (EntranceAnswer){ .message = ENTRANCE_MESSAGE_NONE };
  self->answer_at_ms = self->answer.committed != NULL
                           ? journal_committed_get_wall_ms (self->answer.committed)
                           : stamp.wall_ms;
  self->shows_answer = TRUE;
  self->shows_no_code = FALSE;
  self->result_id++;
  entrance_session_set_timeout (self, &self->answer_timeout_id, self->profile->result_ms,
                                on_answer_over);
  if (is_green (&self->answer))
    entrance_signal_recorded (self->panel, self->speaker, self->answer.committed);
  else if (self->answer.tone == ENTRANCE_TONE_RED)
    entrance_signal_refused (self->panel, self->speaker);
  else
    entrance_signal_notice (self->panel, self->speaker);
  entrance_session_publish (self);
  const char *word = entrance_message_to_string (self->answer.message);
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_INFO, "TRAMXANH_DECISION", word, "MESSAGE",
                    "decided: %s", word);
  g_autoptr (EntranceView) told = entrance_view_ref (self->view);
  g_signal_emit (self, signals[SIGNAL_DECIDED], 0, told);
}

// Arriving and leaving are different requests with the same card.
static void
key_for_direction (EntranceDirection direction, const guint8 key[16], guint8 ret_key[16])
{
  memcpy (ret_key, key, 16);
  if (direction == ENTRANCE_DIRECTION_LEAVING)
    ret_key[0] ^= 0xff;
}

static void
record_next (EntranceSession *self)
{
  WaitingScan *next = g_queue_pop_head (&self->waiting);
  if (next == NULL)
    return;
  record (self, next);
  entrance_waiting_scan_free (next);
}

// What was said to somebody arriving is no longer true once they left, and the other way round.
static void
remember (EntranceSession *self, const EntranceAnswer *answer)
{
  guint8 other[16];
  key_for_direction (ENTRANCE_DIRECTION_LEAVING, self->recording.key,
                     other); // there and back: its own inverse
  entrance_recent_remember (self->recent, self->recording.key, answer, boottime_ms (self));
  entrance_recent_forget (self->recent, other);
}

static void
on_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EntranceSession) self = user_data;
  g_autoptr (GError) error = NULL;
  EntranceAnswer answer = { .message = ENTRANCE_MESSAGE_NOT_RECORDED, .tone = ENTRANCE_TONE_RED };
  gboolean is_answered = entrance_record_finish (JOURNAL_STORE (source), result, &answer, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->is_recording = FALSE;
  EntranceDirection direction = self->recording.scan.direction;
  gint64 scanned_at_ms = self->recording.scan.stamp.boottime_ns / 1000000;
  gboolean is_code = self->recording.scan.credential.kind != CT_KIND_TAG;
  if (is_answered)
    remember (self, &answer);
  else
    entrance_session_lose_journal (self, error);
  if (direction == ENTRANCE_DIRECTION_LEAVING && self->direction == ENTRANCE_DIRECTION_LEAVING) {
    self->direction = ENTRANCE_DIRECTION_ARRIVING; // this was the one who pressed the button
    entrance_session_clear_timeout (self, &self->page_timeout_id);
  }
  sodium_memzero (&self->recording, sizeof self->recording);
  g_autoptr (JournalCommitted) arrived =
      is_answered && answer.committed != NULL && answer.message != ENTRANCE_MESSAGE_GOODBYE
          ? journal_committed_ref (answer.committed)
          : NULL;
  tell (self, &answer);
  if (arrived != NULL && is_code &&
      entrance_join_take_visit (&self->join, journal_committed_get_seq (arrived), scanned_at_ms))
    entrance_session_record_join (self);
  if (arrived != NULL)
    g_signal_emit (self, signals[SIGNAL_ARRIVED], 0, arrived);
  record_next (self);
}

static void
record (EntranceSession *self, const WaitingScan *scan)
{
  self->is_recording = TRUE;
  self->recording = *scan;
  entrance_record_async (self->journal, &scan->scan, self->cancellable, on_recorded,
                         g_object_ref (self));
}

static gboolean
is_waiting (EntranceSession *self, const guint8 key[16])
{
  if (self->is_recording && memcmp (self->recording.key, key, 16) == 0)
    return TRUE;
  for (GList *at = self->waiting.head; at != NULL; at = at->next)
    if (memcmp (((WaitingScan *) at->data)->key, key, 16) == 0)
      return TRUE;
  return FALSE;
}

static void
take_credential (EntranceSession *self, const EntranceDecision *decision, const guint8 key[16])
{
  WaitingScan scan = {
    .scan = { .profile = self->profile,
              .credential = decision->credential,
              .direction = self->direction },
  };
  memcpy (scan.key, key, 16);
  entrance_clock_read (self->clock, &scan.scan.stamp);
  if (!self->is_recording)
    record (self, &scan);
  else if (!is_waiting (self, key) && self->waiting.length < WAITING_SCANS_MAX)
    g_queue_push_tail (&self->waiting, g_memdup2 (&scan, sizeof scan));
  else
    entrance_sight_forget (&self->sight, decision->key); // no room: the next frame tries again
  sodium_memzero (&scan, sizeof scan);
}

// A card that is held for long says, when it is shown again, what it said first: its cool-down
// begins when it goes.
static void
stay_young (EntranceSession *self, const guint8 key[16], gint64 now_ms)
{
  guint8 leaving_key[16];
  key_for_direction (ENTRANCE_DIRECTION_LEAVING, key, leaving_key);
  entrance_recent_touch (self->recent, key, now_ms);
  entrance_recent_touch (self->recent, leaving_key, now_ms);
}

static void
take_decision (EntranceSession *self, const EntranceDecision *decision, gint64 now_ms)
{
  guint8 key[16];
  key_for_direction (self->direction, decision->key, key);
  const EntranceAnswer *said =
      entrance_recent_find (self->recent, key, now_ms, (gint64) self->profile->cool_down_s * 1000);
  if (said != NULL) {
    EntranceAnswer again = entrance_answer_copy (said);
    again.is_repeat = TRUE;
    tell (self, &again);
  } else if (decision->is_credential) {
    take_credential (self, decision, key);
  } else {
    EntranceAnswer answer = { .message = decision->message, .tone = decision->tone };
    tell (self, &answer);
  }
}

static void
take_codes (EntranceSession *self, GPtrArray *codes)
{
  JournalStamp stamp;
  entrance_clock_read (self->clock, &stamp);
  gint64 now_ms = stamp.boottime_ns / 1000000;
  self->read_context.now_s = stamp.quality == JOURNAL_CLOCK_UNSET ? 0 : stamp.wall_ms / 1000;
  self->read_context.clock_trusted = stamp.quality == JOURNAL_CLOCK_SYNCED;
  EntranceDecision decision;
  entrance_decide (&self->read_context, codes, self->secret, &decision);
  // What stays in view was answered when it came; what lies beside a credential needs no answer.
  gboolean is_beside =
      !decision.is_credential && entrance_sight_has_credential (&self->sight, now_ms);
  gboolean is_still_there =
      entrance_sight_see (&self->sight, decision.key, decision.is_credential, now_ms);
  if (is_still_there)
    stay_young (self, decision.key, now_ms);
  else if (is_beside)
    entrance_sight_forget (&self->sight, decision.key); // answered if it outstays the credential
  else
    take_decision (self, &decision, now_ms);
  entrance_decision_clear (&decision);
}

static gboolean
takes_visitors (EntranceSession *self)
{
  return self->journal_is_open && !self->power_is_failing;
}

void
entrance_session_see_codes (EntranceSession *self, GPtrArray *codes)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  if (self->camera_is_down || codes->len == 0)
    return;
  if (takes_visitors (self))
    take_codes (self, codes);
  else if (!self->journal_is_open)
    entrance_session_watch_codes (self, codes);
}

void
entrance_session_take_scan (EntranceSession *self, GBytes *payload)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  HwCode code = { .payload = payload };
  g_autoptr (GPtrArray) codes = g_ptr_array_new ();
  g_ptr_array_add (codes, &code);
  if (takes_visitors (self))
    take_codes (self, codes);
}

void
entrance_session_take_tag (EntranceSession *self, const struct ct_beacon *tag, gboolean is_staff)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  EntranceDecision decision;
  if (!takes_visitors (self))
    return;
  entrance_decide_tag (tag, is_staff, self->secret, &decision);
  take_decision (self, &decision, boottime_ms (self));
  entrance_decision_clear (&decision);
}

void
entrance_session_hold_phone (EntranceSession *self, const struct ct_beacon *phone)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  if (entrance_join_take_phone (&self->join, phone, boottime_ms (self)))
    entrance_session_record_join (self);
}

void
entrance_session_refuse_scan (EntranceSession *self)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  EntranceAnswer answer = { .message = ENTRANCE_MESSAGE_UNREADABLE, .tone = ENTRANCE_TONE_RED };
  if (takes_visitors (self))
    tell (self, &answer);
}

static gboolean
on_page_over (gpointer user_data)
{
  EntranceSession *self = user_data;
  self->page_timeout_id = 0;
  self->direction = ENTRANCE_DIRECTION_ARRIVING;
  self->shows_no_code = FALSE;
  entrance_session_publish (self);
  return G_SOURCE_REMOVE;
}

static void
turn_to (EntranceSession *self, gboolean shows_no_code, EntranceDirection direction, guint stay_ms)
{
  self->shows_no_code = shows_no_code;
  self->direction = direction;
  entrance_sight_forget_all (&self->sight); // a button makes the same card a new request
  end_answer (self);
  entrance_session_clear_timeout (self, &self->page_timeout_id);
  if (stay_ms > 0)
    entrance_session_set_timeout (self, &self->page_timeout_id, stay_ms, on_page_over);
  entrance_session_publish (self);
}

void
entrance_session_press_no_code (EntranceSession *self)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  turn_to (self, TRUE, ENTRANCE_DIRECTION_ARRIVING, NO_CODE_MS);
}

void
entrance_session_press_leaving (EntranceSession *self)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  turn_to (self, FALSE, ENTRANCE_DIRECTION_LEAVING, LEAVING_MS);
}

void
entrance_session_press_compared (EntranceSession *self, gboolean are_same)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  g_signal_emit (self, signals[SIGNAL_COMPARED], 0, are_same);
}

void
entrance_session_press_back (EntranceSession *self)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  turn_to (self, FALSE, ENTRANCE_DIRECTION_ARRIVING, 0);
}

static gboolean
on_minute (gpointer user_data)
{
  EntranceSession *self = user_data;
  JournalStamp stamp;
  entrance_clock_read (self->clock, &stamp);
  self->minute_timeout_id = entrance_clock_add_timeout (
      self->clock, (guint) (MINUTE_MS - stamp.wall_ms % MINUTE_MS), on_minute, self);
  // Every hour of the wall clock, which includes the turn of the day.
  gboolean is_due = stamp.wall_ms / HOUR_MS != self->tidied_at_ms / HOUR_MS;
  if (is_due && self->journal_is_open) {
    entrance_session_tidy_journal (self, &stamp);
  }
  entrance_session_publish (self);
  return G_SOURCE_REMOVE;
}

static void
on_people_inside_changed (JournalStore *journal, GParamSpec *pspec, EntranceSession *self)
{
  entrance_session_publish (self);
}

void
entrance_session_start (EntranceSession *self)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  JournalStamp stamp;
  entrance_clock_read (self->clock, &stamp);
  self->tidied_at_ms = stamp.wall_ms;
  entrance_signal_off (self->panel);
  entrance_session_publish (self);
  entrance_session_open_journal (self);
  (void) on_minute (self);
  entrance_session_set_camera_state (self, self->camera_state);
}

EntranceView *
entrance_session_get_view (EntranceSession *self)
{
  g_return_val_if_fail (ENTRANCE_IS_SESSION (self), NULL);
  return self->view;
}

static void
entrance_session_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  EntranceSession *self = ENTRANCE_SESSION (object);
  switch (prop_id) {
  case PROP_VIEW:
    g_value_set_boxed (value, self->view);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
entrance_session_dispose (GObject *object)
{
  EntranceSession *self = ENTRANCE_SESSION (object);
  g_cancellable_cancel (self->cancellable);
  if (self->clock != NULL) {
    entrance_session_clear_timeout (self, &self->answer_timeout_id);
    entrance_session_clear_timeout (self, &self->page_timeout_id);
    entrance_session_clear_timeout (self, &self->camera_timeout_id);
    entrance_session_clear_timeout (self, &self->reopen_timeout_id);
    entrance_session_clear_timeout (self, &self->minute_timeout_id);
    entrance_signal_off (self->panel);
  }
  g_clear_object (&self->clock);
  g_clear_object (&self->journal);
  g_clear_object (&self->panel);
  g_clear_object (&self->speaker);
  G_OBJECT_CLASS (entrance_session_parent_class)->dispose (object);
}

static void
entrance_session_finalize (GObject *object)
{
  EntranceSession *self = ENTRANCE_SESSION (object);
  g_clear_object (&self->cancellable);
  g_queue_clear_full (&self->waiting, entrance_waiting_scan_free);
  entrance_answer_clear (&self->answer);
  g_clear_pointer (&self->recent, entrance_recent_free);
  g_clear_pointer (&self->view, entrance_view_unref);
  entrance_enrolment_clear (&self->enrolment);
  sodium_memzero (self->secret, sizeof self->secret);
  sodium_memzero (&self->recording, sizeof self->recording);
  G_OBJECT_CLASS (entrance_session_parent_class)->finalize (object);
}

static void
entrance_session_class_init (EntranceSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = entrance_session_get_property;
  object_class->dispose = entrance_session_dispose;
  object_class->finalize = entrance_session_finalize;
  props[PROP_VIEW] =
      g_param_spec_boxed ("view", NULL, NULL, ENTRANCE_TYPE_VIEW,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNAL_ARRIVED] = g_signal_new ("arrived", ENTRANCE_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, JOURNAL_TYPE_COMMITTED);
  signals[SIGNAL_DECIDED] = g_signal_new ("decided", ENTRANCE_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, ENTRANCE_TYPE_VIEW);
  signals[SIGNAL_COMPARED] = g_signal_new ("compared", ENTRANCE_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

static void
entrance_session_init (EntranceSession *self)
{
  self->cancellable = g_cancellable_new ();
  self->recent = entrance_recent_new ();
  self->camera_state = HW_CAMERA_STARTING;
  g_queue_init (&self->waiting);
  randombytes_buf (self->secret, sizeof self->secret);
}

EntranceSession *
entrance_session_new (const EntranceProfile *profile,
                      EntranceClock *clock,
                      JournalStore *journal,
                      HwPanel *panel,
                      HwSpeaker *speaker)
{
  EntranceSession *self = g_object_new (ENTRANCE_TYPE_SESSION, NULL);
  self->profile = profile;
  self->clock = g_object_ref (clock);
  self->journal = g_object_ref (journal);
  g_set_object (&self->panel, panel);
  g_set_object (&self->speaker, speaker);
  entrance_read_context_init (&self->read_context, profile);
  g_signal_connect_object (journal, "notify::people-inside", G_CALLBACK (on_people_inside_changed),
                           self, 0);
  entrance_session_watch_journal (self);
  return self;
}
