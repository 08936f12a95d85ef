// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One tick a frame: raise, hold until the entrance has answered, lower, look, next.

#define G_LOG_DOMAIN "demo-day"

#include "kiosk/demo/demo-day.h"

#include <string.h>

#include "kiosk/demo/demo-scene.h"

#define FRAME_WIDTH_PX  1280
#define FRAME_HEIGHT_PX 720
#define FRAMES_PER_S    25
#define RAISE_FRAMES    8
#define PATIENCE_FRAMES (3 * FRAMES_PER_S)  // a visitor gives up
#define SETTLE_FRAMES   10                  // the screen's own movement is over
#define LOOK_FRAMES     17                  // the visitor reads the answer
#define ENROL_FRAMES    (15 * FRAMES_PER_S) // so does an installer
#define PAGE_FRAMES     (2 * FRAMES_PER_S)

typedef enum {
  PHASE_ARRIVE, // nothing in the picture yet
  PHASE_HOLD,
  PHASE_LOWER,
  PHASE_LOOK,
} Phase;

struct _DemoDay {
  GObject parent_instance;

  GPtrArray *steps;
  HwCamera *camera;
  EntranceSession *session;
  DemoClock *clock;
  DemoScene *scene;
  GBytes *core_code; // (nullable)
  char *core_words;  // (nullable)

  guint tick_id;
  guint at; // step
  Phase phase;
  guint frame; // of the phase
  guint n_out; // frames of it in which the kiosk was out of service
  guint total_frames;
  gboolean answered;
  guint n_moments;
  DemoCounts counts;
};

enum { SIGNAL_MOMENT, SIGNAL_FINISHED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (DemoDay, demo_day, G_TYPE_OBJECT)

static const char *const tone_words[] = {
  [ENTRANCE_TONE_NONE] = "waiting",
  [ENTRANCE_TONE_GREEN] = "green",
  [ENTRANCE_TONE_AMBER] = "amber",
  [ENTRANCE_TONE_RED] = "red",
};

static const char *
moment_word (const EntranceView *view)
{
  switch (view->page) {
  case ENTRANCE_PAGE_STARTING:
    return "starting";
  case ENTRANCE_PAGE_WAITING:
    return view->direction == ENTRANCE_DIRECTION_LEAVING ? "leaving" : "waiting";
  case ENTRANCE_PAGE_RESULT:
    return tone_words[view->tone];
  case ENTRANCE_PAGE_NO_CODE:
    return "no-code";
  case ENTRANCE_PAGE_OUT_OF_SERVICE:
    return "out-of-service";
  case ENTRANCE_PAGE_ENROL:
    return view->enrolment.phase == ENTRANCE_ENROLMENT_JOINED ? "joined" : "enrol";
  }
  return "unknown";
}

static void
tell_moment (DemoDay *self)
{
  const EntranceView *view = entrance_session_get_view (self->session);
  g_autofree char *name = g_strdup_printf ("%02u-%s", ++self->n_moments, moment_word (view));
  g_signal_emit (self, signals[SIGNAL_MOMENT], 0, name);
}

static void
on_decided (EntranceSession *session, EntranceView *view, DemoDay *self)
{
  self->answered = TRUE;
  if (view->is_repeat)
    return;
  if (view->message == ENTRANCE_MESSAGE_WELCOME)
    self->counts.checkins++;
  else if (view->message == ENTRANCE_MESSAGE_GOODBYE)
    self->counts.checkouts++;
  else if (view->tone == ENTRANCE_TONE_AMBER)
    self->counts.notices++;
  else if (view->tone == ENTRANCE_TONE_RED)
    self->counts.refused++;
}

static void
on_view_changed (EntranceSession *session, GParamSpec *pspec, DemoDay *self)
{
  const EntranceView *view = entrance_session_get_view (session);
  if (view->page == ENTRANCE_PAGE_ENROL && view->enrolment.phase == ENTRANCE_ENROLMENT_JOINED)
    self->answered = TRUE;
}

static gboolean
is_shown (const DemoStep *step)
{
  return step->action == DEMO_ACTION_SHOW || step->action == DEMO_ACTION_ENROL;
}

static void
enter_phase (DemoDay *self, Phase phase)
{
  self->phase = phase;
  self->frame = 0;
  self->n_out = 0;
}

static void
press (DemoDay *self, DemoAction action)
{
  if (action == DEMO_ACTION_PRESS_LEAVING)
    entrance_session_press_leaving (self->session);
  else if (action == DEMO_ACTION_PRESS_NO_CODE)
    entrance_session_press_no_code (self->session);
  else
    entrance_session_press_back (self->session);
}

// How far up the thing is in this frame.
static double
raised (const DemoDay *self, const DemoStep *step)
{
  if (!is_shown (step))
    return 0;
  if (self->phase == PHASE_HOLD)
    return MIN (1.0, (double) self->frame / RAISE_FRAMES);
  if (self->phase == PHASE_LOWER)
    return 1.0 - (double) self->frame / RAISE_FRAMES;
  return 0;
}

// As an installer who has the core's words on a sheet.
static void
compare_words (DemoDay *self)
{
  const EntranceView *view = entrance_session_get_view (self->session);
  entrance_session_press_compared (self->session,
                                   g_strcmp0 (view->enrolment.core_words, self->core_words) == 0);
}

static gboolean
is_held_long_enough (const DemoDay *self, const DemoStep *step)
{
  switch (step->action) {
  case DEMO_ACTION_ENROL:
    return self->answered || self->frame >= ENROL_FRAMES;
  case DEMO_ACTION_SHOW:
    return (self->answered && self->frame >= RAISE_FRAMES) || self->frame >= PATIENCE_FRAMES;
  case DEMO_ACTION_COVER:
    return self->frame >= step->cover_s * FRAMES_PER_S + PATIENCE_FRAMES ||
           (self->frame >= step->cover_s * FRAMES_PER_S && self->n_out > SETTLE_FRAMES);
  case DEMO_ACTION_PRESS_LEAVING:
  case DEMO_ACTION_PRESS_NO_CODE:
  case DEMO_ACTION_PRESS_BACK:
    return self->frame >= SETTLE_FRAMES + 2;
  }
  return TRUE;
}

static void
begin_step (DemoDay *self, const DemoStep *step)
{
  demo_clock_move_to (self->clock, step->minute);
  self->answered = FALSE;
  if (is_shown (step))
    (void) demo_scene_hold (self->scene, step->prop,
                            step->action == DEMO_ACTION_ENROL
                                ? self->core_code
                                : step->payload); // too long to show: nobody answers
  else if (step->action != DEMO_ACTION_COVER)
    press (self, step->action);
}

static gboolean
is_out_of_service (const DemoDay *self)
{
  return entrance_session_get_view (self->session)->page == ENTRANCE_PAGE_OUT_OF_SERVICE;
}

static void
advance (DemoDay *self, const DemoStep *step)
{
  self->frame++;
  switch (self->phase) {
  case PHASE_ARRIVE:
    if (self->at == 0 && self->frame == PAGE_FRAMES - 5)
      tell_moment (self);
    if (self->frame >= (self->at == 0 ? PAGE_FRAMES : 6u)) {
      begin_step (self, step);
      enter_phase (self, PHASE_HOLD);
    }
    break;
  case PHASE_HOLD:
    if (step->action == DEMO_ACTION_COVER) {
      if (is_out_of_service (self) && ++self->n_out == SETTLE_FRAMES)
        tell_moment (self);
    } else if (!is_shown (step) && self->frame == SETTLE_FRAMES) {
      tell_moment (self);
    }
    if (is_held_long_enough (self, step))
      enter_phase (self, is_shown (step) ? PHASE_LOWER : PHASE_LOOK);
    break;
  case PHASE_LOWER:
    if (self->frame >= RAISE_FRAMES)
      enter_phase (self, PHASE_LOOK);
    break;
  case PHASE_LOOK:
    if (is_shown (step) && self->frame == SETTLE_FRAMES)
      tell_moment (self);
    if (self->frame >= (is_shown (step) ? LOOK_FRAMES : 4u)) {
      if (step->action == DEMO_ACTION_ENROL)
        compare_words (self);
      self->at++;
      enter_phase (self, PHASE_ARRIVE);
    }
    break;
  }
}

static gboolean
on_tick (gpointer user_data)
{
  DemoDay *self = user_data;
  if (self->at >= self->steps->len) {
    self->tick_id = 0;
    g_signal_emit (self, signals[SIGNAL_FINISHED], 0);
    return G_SOURCE_REMOVE;
  }
  const DemoStep *step = self->steps->pdata[self->at];
  gboolean covered = self->phase == PHASE_HOLD && step->action == DEMO_ACTION_COVER;
  if (!covered) {
    g_autoptr (GBytes) frame =
        demo_scene_draw (self->scene, raised (self, step), 0.2 * self->total_frames);
    hw_camera_push_frame (self->camera, frame);
  }
  self->total_frames++;
  advance (self, step);
  return G_SOURCE_CONTINUE;
}

void
demo_day_set_core (DemoDay *self, const char *code, const char *words)
{
  g_clear_pointer (&self->core_code, g_bytes_unref);
  g_free (self->core_words);
  self->core_code = g_bytes_new (code, strlen (code));
  self->core_words = g_strdup (words);
}

// Joining happens once, and not without a core.
static void
drop_enrolment (DemoDay *self)
{
  for (guint i = self->steps->len; i > 0; i--)
    if (((const DemoStep *) self->steps->pdata[i - 1])->action == DEMO_ACTION_ENROL)
      g_ptr_array_remove_index (self->steps, i - 1);
}

void
demo_day_start (DemoDay *self)
{
  g_return_if_fail (DEMO_IS_DAY (self) && self->tick_id == 0 && self->steps->len > 0);
  if (self->core_code == NULL || self->at > 0)
    drop_enrolment (self);
  self->at = 0;
  demo_clock_move_to (self->clock, ((const DemoStep *) self->steps->pdata[0])->minute);
  self->tick_id = g_timeout_add (1000 / FRAMES_PER_S, on_tick, self);
}

DemoCounts
demo_day_get_counts (DemoDay *self)
{
  return self->counts;
}

static void
demo_day_dispose (GObject *object)
{
  DemoDay *self = DEMO_DAY (object);
  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_object (&self->camera);
  g_clear_object (&self->session);
  g_clear_object (&self->clock);
  g_clear_object (&self->scene);
  g_clear_pointer (&self->steps, g_ptr_array_unref);
  g_clear_pointer (&self->core_code, g_bytes_unref);
  g_clear_pointer (&self->core_words, g_free);
  G_OBJECT_CLASS (demo_day_parent_class)->dispose (object);
}

static void
demo_day_class_init (DemoDayClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = demo_day_dispose;
  signals[SIGNAL_MOMENT] = g_signal_new ("moment", DEMO_TYPE_DAY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_FINISHED] = g_signal_new ("finished", DEMO_TYPE_DAY, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
}

static void
demo_day_init (DemoDay *self)
{
  self->scene = demo_scene_new (FRAME_WIDTH_PX, FRAME_HEIGHT_PX);
}

DemoDay *
demo_day_new (GPtrArray *steps, HwCamera *camera, EntranceSession *session, DemoClock *clock)
{
  DemoDay *self = g_object_new (DEMO_TYPE_DAY, NULL);
  self->steps = g_ptr_array_ref (steps);
  self->camera = g_object_ref (camera);
  self->session = g_object_ref (session);
  self->clock = g_object_ref (clock);
  g_signal_connect_object (session, "decided", G_CALLBACK (on_decided), self, 0);
  g_signal_connect_object (session, "notify::view", G_CALLBACK (on_view_changed), self, 0);
  return self;
}
