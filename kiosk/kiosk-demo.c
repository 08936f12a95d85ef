// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Takes a picture at every moment worth one, and counts what the entrance decided.

#define G_LOG_DOMAIN "kiosk-demo"

#include "kiosk/kiosk-demo.h"

#include <glib/gstdio.h>
#include <stdio.h>

#include "kiosk/demo/demo-script.h"

#include "kiosk/journal/journal-verify.h"

#define SCRIPT_RESOURCE "/vn/tramxanh/demo/morning.txt"

struct _KioskDemo {
  GObject parent_instance;

  const KioskOptions *options;
  GMainLoop *loop;
  DemoDay *day;
  UiWindow *window; // (nullable)
  char *pictures_dir;
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
on_finished (DemoDay *day, KioskDemo *self)
{
  if (self->options->quit_after_demo)
    g_main_loop_quit (self->loop);
  else
    demo_day_start (self->day);
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
  DemoCounts counts = demo_day_get_counts (self->day);
  g_auto (JournalAudit) audit;
  journal_audit_init (&audit);
  gboolean is_verified = journal_verify (self->options->state_dir, &audit, &error);
  if (!is_verified)
    g_message ("%s", error->message);
  (void) printf ("{\"checkins\":%u,\"checkouts\":%u,\"notices\":%u,\"refused\":%u,\"windows\":"
                 "%" G_GUINT64_FORMAT ",\"journal\":\"%s\",\"screenshots\":\"%s\"}\n",
                 counts.checkins, counts.checkouts, counts.notices, counts.refused,
                 audit.n_of_kind[JOURNAL_KIND_PRESENCE_WINDOW], is_verified ? "verified" : "broken",
                 self->pictures_dir);
  return is_verified ? 0 : 1;
}

static void
kiosk_demo_dispose (GObject *object)
{
  g_clear_object (&KIOSK_DEMO (object)->day);
  G_OBJECT_CLASS (kiosk_demo_parent_class)->dispose (object);
}

static void
kiosk_demo_finalize (GObject *object)
{
  g_free (KIOSK_DEMO (object)->pictures_dir);
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

KioskDemo *
kiosk_demo_new (const KioskOptions *options,
                HwCamera *camera,
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
  self->pictures_dir = g_build_filename (options->state_dir, "screenshots", NULL);
  (void) g_mkdir_with_parents (self->pictures_dir,
                               0700); // a picture that cannot be written is reported
  self->day = demo_day_new (steps, camera, session, clock);
  if (window != NULL)
    g_signal_connect_object (self->day, "moment", G_CALLBACK (on_moment), self, 0);
  g_signal_connect_object (self->day, "finished", G_CALLBACK (on_finished), self, 0);
  return self;
}
