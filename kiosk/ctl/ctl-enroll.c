// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The code comes from the command line, from standard input, or from the kiosk's own camera.

#include "kiosk/ctl/ctl-enroll.h"

#include <stdio.h>
#include <string.h>

#include "hw/hw-camera.h"
#include "kiosk/ctl/ctl-call.h"
#include "kiosk/ctl/ctl-clock.h"
#include "kiosk/feed/feed-enrol.h"

#define PATIENCE_S 120 // for somebody to hold up a code

typedef struct {
  gboolean again, from_camera;
  char *state_dir;
  char *core_words; // (nullable)
} EnrolOptions;

static void
enrol_options_clear (EnrolOptions *options)
{
  g_free (options->state_dir);
  g_free (options->core_words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EnrolOptions, enrol_options_clear)

typedef struct {
  GMainLoop *loop;
  gboolean has_code;
  gboolean has_complained;
  FeedCode code;
  GAsyncResult *result;
} Enrolment;

static void
on_codes (HwCamera *camera, GPtrArray *codes, Enrolment *enrolment)
{
  for (guint i = 0; i < codes->len && !enrolment->has_code; i++) {
    const HwCode *seen = g_ptr_array_index (codes, i);
    gsize len = 0;
    const char *text = g_bytes_get_data (seen->payload, &len);
    enrolment->has_code = feed_code_read (text, len, &enrolment->code);
    if (!enrolment->has_code && !enrolment->has_complained)
      (void) fprintf (stderr, "tramxanhctl enroll: that is no enrolment code\n");
    enrolment->has_complained = TRUE;
  }
  if (enrolment->has_code)
    g_main_loop_quit (enrolment->loop);
}

static gboolean
on_patience_over (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static int
look_for_code (const CtlCall *call, Enrolment *enrolment)
{
  g_autoptr (HwCamera) camera = hw_camera_new (call->config.camera_source);
  gulong handler = g_signal_connect (camera, "codes", G_CALLBACK (on_codes), enrolment);
  guint patience = g_timeout_add_seconds (PATIENCE_S, on_patience_over, enrolment->loop);
  (void) fprintf (stderr, "hold the enrolment code in front of the kiosk's camera\n");
  hw_camera_start (camera);
  g_main_loop_run (enrolment->loop);
  HwCameraState state = hw_camera_get_state (camera);
  g_source_remove (patience);
  g_signal_handler_disconnect (camera, handler);
  hw_camera_stop (camera);
  if (enrolment->has_code)
    return 0;
  return state == HW_CAMERA_READY
             ? ctl_call_fail (call, CTL_NO, "no enrolment code was seen")
             : ctl_call_fail (call, CTL_COULD_NOT, "camera: %s", hw_camera_state_to_string (state));
}

// A code on the command line is seen by whoever can list processes.
static int
read_code (const CtlCall *call, Enrolment *enrolment)
{
  char line[FEED_CODE_TEXT_MAX + 2];
  const char *text = call->words[0];
  if (g_str_equal (text, "-"))
    text = fgets (line, sizeof line, stdin) != NULL ? line : "";
  if (feed_code_read (text, strlen (text), &enrolment->code))
    return 0;
  return ctl_call_fail (call, CTL_NO, "that is no enrolment code");
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Enrolment *enrolment = user_data;
  enrolment->result = g_object_ref (result);
  g_main_loop_quit (enrolment->loop);
}

static int
report (const CtlCall *call, const GError *error)
{
  gboolean is_no = g_error_matches (error, FEED_ERROR, FEED_ERROR_REFUSED) ||
                   g_error_matches (error, FEED_ERROR, FEED_ERROR_ENROLLED) ||
                   g_error_matches (error, FEED_ERROR, FEED_ERROR_PIN);
  const char *advice = "";
  if (g_error_matches (error, FEED_ERROR, FEED_ERROR_ENROLLED))
    advice = "; --again leaves it for another";
  else if (g_error_matches (error, JOURNAL_ERROR, JOURNAL_ERROR_LOCKED))
    advice = "; stop the kiosk first";
  return ctl_call_fail (call, is_no ? CTL_NO : CTL_COULD_NOT, "%s%s", error->message, advice);
}

static int
print_enrolled (const CtlCall *call,
                const guint8 kiosk_key[JOURNAL_KEY_SIZE],
                const JournalMembership *membership)
{
  g_autofree char *kiosk = feed_words_of (kiosk_key);
  g_autofree char *core = feed_words_of (membership->core_key);
  int n = printf (
      "venue: %s\nzone: %s\nprofile: %s\ncore: %s\n"
      "this kiosk's key: %s\nthe core's key:   %s\n"
      "Compare both with what the core shows. If a word differs, do not use this kiosk.\n",
      membership->venue, membership->zone, membership->profile, membership->url, kiosk, core);
  return n > 0 && fflush (stdout) == 0 ? 0 : ctl_call_fail (call, CTL_COULD_NOT, "stdout: failed");
}

static GAsyncResult *
wait_for_result (Enrolment *enrolment)
{
  g_main_loop_run (enrolment->loop);
  return g_steal_pointer (&enrolment->result);
}

// Anybody can hold up a code of a core of theirs: somebody looks at both, and nothing else joins.
static gboolean
are_compared (const FeedEnrolled *enrolled)
{
  char line[16];
  g_autofree char *kiosk = feed_words_of (enrolled->kiosk_key);
  g_autofree char *core = feed_words_of (enrolled->membership.core_key);
  (void) fprintf (stderr,
                  "venue: %s\nthis kiosk's key: %s\nthe core's key:   %s\n"
                  "Does the core show both the same? Then type yes: ",
                  enrolled->membership.venue, kiosk, core);
  return fgets (line, sizeof line, stdin) != NULL && g_str_equal (g_strstrip (line), "yes");
}

// NULL, or why it is not to be joined. Whoever types a code stands at the core, or was told it by
// somebody who does.
static const char *
refuse_core (const FeedEnrolled *enrolled, const EnrolOptions *options)
{
  if (options->core_words != NULL)
    return feed_words_match (options->core_words, enrolled->membership.core_key)
               ? NULL
               : "not the core that was named";
  return !options->from_camera || are_compared (enrolled) ? NULL
                                                          : "nobody said that it is the core";
}

static int
enrol (const CtlCall *call, Enrolment *enrolment, const EnrolOptions *options)
{
  JournalStamp stamp;
  JournalMembership membership;
  guint8 kiosk_key[JOURNAL_KEY_SIZE];
  g_autoptr (GError) error = NULL;
  if (!ctl_clock_read (&stamp, &error))
    return report (call, error);
  feed_enrol_async (options->state_dir, &enrolment->code, &stamp, options->again, NULL, on_ready,
                    enrolment);
  g_autoptr (GAsyncResult) joined = wait_for_result (enrolment);
  FeedEnrolled *enrolled = feed_enrol_finish (joined, &error);
  if (enrolled == NULL)
    return report (call, error);
  memcpy (kiosk_key, enrolled->kiosk_key, sizeof kiosk_key);
  const char *why = refuse_core (enrolled, options);
  if (why != NULL) {
    g_autofree char *kiosk = feed_words_of (kiosk_key);
    feed_enrolled_drop (enrolled);
    return ctl_call_fail (call, CTL_NO, "%s: not joined; that core lists it as %s", why, kiosk);
  }
  feed_enrol_confirm_async (enrolled, on_ready, enrolment);
  g_autoptr (GAsyncResult) confirmed = wait_for_result (enrolment);
  return feed_enrol_confirm_finish (confirmed, &membership, &error)
             ? print_enrolled (call, kiosk_key, &membership)
             : report (call, error);
}

int
ctl_enroll (int argc, char **argv)
{
  CtlCall call;
  g_auto (EnrolOptions) options = { .state_dir = NULL };
  const GOptionEntry entries[] = {
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &options.state_dir,
      "Folder of the journal and the keys", "DIR" },
    { "again", 0, 0, G_OPTION_ARG_NONE, &options.again, "Although it belongs to a core already",
      NULL },
    { "qr", 0, 0, G_OPTION_ARG_NONE, &options.from_camera, "Read the code with the kiosk's camera",
      NULL },
    { "core-words", 0, 0, G_OPTION_ARG_STRING, &options.core_words,
      "Only the core that prints itself so", "WORDS" },
    G_OPTION_ENTRY_NULL,
  };
  int status = ctl_call_read (&call, "CODE - join a tracing core", entries, 0, 1, argc, argv);
  if (status != 0)
    return status;
  if (options.from_camera == (call.n_words == 1))
    return ctl_call_fail (&call, CTL_USAGE, "a code, or --qr, is wanted");
  if (options.core_words != NULL && !feed_words_are_valid (options.core_words))
    return ctl_call_fail (&call, CTL_USAGE, "--core-words: six words with dashes between");
  if (options.state_dir == NULL)
    options.state_dir = g_build_filename (g_get_user_state_dir (), "tramxanh", NULL);
  if (g_mkdir_with_parents (options.state_dir, 0700) != 0)
    return ctl_call_fail (&call, CTL_COULD_NOT, "state folder %s: cannot be made",
                          options.state_dir);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Enrolment enrolment = { .loop = loop };
  status = options.from_camera ? look_for_code (&call, &enrolment) : read_code (&call, &enrolment);
  return status == 0 ? enrol (&call, &enrolment, &options) : status;
}
