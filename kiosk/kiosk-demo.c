// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Takes a picture at every moment worth one, and counts what the entrance decided.

#define G_LOG_DOMAIN "kiosk-demo"

#include "kiosk/kiosk-demo.h"

#include <glib/gstdio.h>
#include <stdio.h>

#include "kiosk/demo/demo-script.h"
#include "kiosk/journal/journal-outbox.h"
#include "kiosk/journal/journal-verify.h"
#include "kiosk/kiosk-demo-core.h"

#define DELIVERY_S      20 // the last records are at the core within this
#define SCRIPT_RESOURCE "/vn/tramxanh/demo/morning.txt"

struct _KioskDemo {
  GObject parent_instance;

  const KioskOptions *options;
  GMainLoop *loop;
  EntranceSession *session;
  JournalStore *journal; // until the day is over
  DemoClock *clock;
  DemoDay *day;
  UiWindow *window; // (nullable)
  char *pictures_dir;
  KioskDemoCore *core; // (nullable)
  GBytes *index_case;  // what the first visitor showed
  guint delivery_id;
  guint64 n_fed;
  gboolean has_answer;
  guint contacts[KIOSK_DEMO_LEVELS];
};

G_DEFINE_FINAL_TYPE (KioskDemo, kiosk_demo, G_TYPE_OBJECT)

static void
on_moment (DemoDay *day, const char *name, KioskDemo *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_strconcat (name, ".png", NULL);
  g_autofree char *path = g_build_filename (self->pictures_dir, file, NULL);
  if (!ui_window_save_png (self->window, path, &error))
    g_message ("%s", error->message);
}

static void
ask_core (KioskDemo *self)
{
  g_autoptr (GError) error = NULL;
  self->has_answer = kiosk_demo_core_count_contacts (self->core, self->index_case,
                                                     demo_clock_get_midnight_s (self->clock),
                                                     self->contacts, &error);
  if (!self->has_answer)
    g_message ("%s", error->message);
  else
    g_message ("who met the first visitor: F1 %u, F2 %u, F3 %u", self->contacts[0],
               self->contacts[1], self->contacts[2]);
}

static void
end_day (KioskDemo *self)
{
  JournalPosition position;
  journal_store_get_position (self->journal, &position);
  g_clear_handle_id (&self->delivery_id, g_source_remove);
  self->n_fed = position.delivered;
  if (self->core != NULL)
    ask_core (self);
  if (self->options->quit_after_demo)
    g_main_loop_quit (self->loop);
  else
    demo_day_start (self->day);
}

static gboolean
on_delivery_late (gpointer user_data)
{
  KioskDemo *self = user_data;
  self->delivery_id = 0;
  g_message ("the core does not have all records");
  end_day (self);
  return G_SOURCE_REMOVE;
}

// The view changes whenever the core has taken something.
static void
on_view_changed (EntranceSession *session, GParamSpec *pspec, KioskDemo *self)
{
  JournalPosition position;
  if (self->delivery_id == 0)
    return;
  journal_store_get_position (self->journal, &position);
  if (position.delivered == position.last)
    end_day (self);
}

static void
on_finished (DemoDay *day, KioskDemo *self)
{
  if (self->core == NULL) {
    end_day (self);
    return;
  }
  self->delivery_id = g_timeout_add_seconds (DELIVERY_S, on_delivery_late, self);
  on_view_changed (self->session, NULL, self);
}

void
kiosk_demo_start (KioskDemo *self)
{
  g_message ("the demo day's pictures are in %s", self->pictures_dir);
  demo_day_start (self->day);
}

int
kiosk_demo_report (KioskDemo *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) line = g_string_new ("{");
  DemoCounts counts = demo_day_get_counts (self->day);
  g_auto (JournalAudit) audit;
  journal_audit_init (&audit);
  gboolean is_verified = journal_verify (self->options->state_dir, &audit, &error);
  if (!is_verified)
    g_message ("%s", error->message);
  g_string_append_printf (line,
                          "\"checkins\":%u,\"checkouts\":%u,\"notices\":%u,\"refused\":%u,"
                          "\"windows\":%" G_GUINT64_FORMAT ",\"journal\":\"%s\",\"fed\":"
                          "%" G_GUINT64_FORMAT ",",
                          counts.checkins, counts.checkouts, counts.notices, counts.refused,
                          audit.n_of_kind[JOURNAL_KIND_PRESENCE_WINDOW],
                          is_verified ? "verified" : "broken", self->n_fed);
  if (self->has_answer)
    g_string_append_printf (line, "\"contacts\":{\"1\":%u,\"2\":%u,\"3\":%u},", self->contacts[0],
                            self->contacts[1], self->contacts[2]);
  (void) printf ("%s\"screenshots\":\"%s\"}\n", line->str, self->pictures_dir);
  return is_verified && (self->has_answer || self->core == NULL) ? 0 : 1;
}

static void
kiosk_demo_dispose (GObject *object)
{
  KioskDemo *self = KIOSK_DEMO (object);
  g_clear_handle_id (&self->delivery_id, g_source_remove);
  g_clear_object (&self->day);
  g_clear_object (&self->clock);
  g_clear_object (&self->session);
  g_clear_pointer (&self->core, kiosk_demo_core_free);
  G_OBJECT_CLASS (kiosk_demo_parent_class)->dispose (object);
}

static void
kiosk_demo_finalize (GObject *object)
{
  KioskDemo *self = KIOSK_DEMO (object);
  g_clear_pointer (&self->index_case, g_bytes_unref);
  g_free (self->pictures_dir);
  G_OBJECT_CLASS (kiosk_demo_parent_class)->finalize (object);
}

static void
kiosk_demo_class_init (KioskDemoClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = kiosk_demo_dispose;
  G_OBJECT_CLASS (klass)->finalize = kiosk_demo_finalize;
}

static void
kiosk_demo_init (KioskDemo *self)
{
}

// The script is compiled in, and a test reads it: it cannot be missing or wrong.
static GPtrArray *
read_script (void)
{
  g_autoptr (GBytes) bytes =
      g_resources_lookup_data (SCRIPT_RESOURCE, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert (bytes != NULL);
  gsize len = 0;
  const char *text = g_bytes_get_data (bytes, &len);
  g_autofree char *terminated = g_strndup (text, len);
  GPtrArray *steps = demo_script_read (terminated, NULL);
  g_assert (steps != NULL);
  return steps;
}

// Without a core the day is played all the same.
static void
join_core (KioskDemo *self, KioskOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_build_filename (options->state_dir, "core", NULL);
  self->core = kiosk_demo_core_new (folder, &error);
  if (self->core == NULL) {
    g_message ("no tracing core: %s", error->message);
    return;
  }
  options->enroll = TRUE;
  if (options->headless) { // nobody looks
    g_free (options->core_words);
    options->core_words = g_strdup (kiosk_demo_core_get_words (self->core));
  }
  demo_day_set_core (self->day, kiosk_demo_core_get_code (self->core),
                     kiosk_demo_core_get_words (self->core));
}

static GBytes *
find_index_case (GPtrArray *steps)
{
  for (guint i = 0; i < steps->len; i++) {
    const DemoStep *step = steps->pdata[i];
    if (step->action == DEMO_ACTION_SHOW)
      return g_bytes_ref (step->payload);
  }
  return NULL;
}

KioskDemo *
kiosk_demo_new (KioskOptions *options,
                HwCamera *camera,
                JournalStore *journal,
                EntranceSession *session,
                DemoClock *clock,
                UiWindow *window,
                GMainLoop *loop)
{
  KioskDemo *self = g_object_new (KIOSK_TYPE_DEMO, NULL);
  g_autoptr (GPtrArray) steps = read_script ();
  self->options = options;
  self->loop = loop;
  self->window = window;
  self->journal = journal;
  self->session = g_object_ref (session);
  self->clock = g_object_ref (clock);
  self->pictures_dir = g_build_filename (options->state_dir, "screenshots", NULL);
  (void) g_mkdir_with_parents (self->pictures_dir,
                               0700); // a picture that cannot be written is reported
  self->index_case = find_index_case (steps);
  self->day = demo_day_new (steps, camera, session, clock);
  join_core (self, options);
  if (window != NULL)
    g_signal_connect_object (self->day, "moment", G_CALLBACK (on_moment), self, 0);
  g_signal_connect_object (self->day, "finished", G_CALLBACK (on_finished), self, 0);
  g_signal_connect_object (session, "notify::view", G_CALLBACK (on_view_changed), self, 0);
  return self;
}
