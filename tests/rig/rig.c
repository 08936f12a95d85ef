// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/rig/rig-private.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define WIDTH_PX  1280
#define HEIGHT_PX 720
// Patience: what takes longer on a busy machine is not wrong for that.
#define BOOT_MS   120000
#define ANSWER_MS 60000 // a long code is typed in ten seconds
#define READY_MS  60000
#define END_MS    60000
#define RUN_MS    120000
#define LOG_MS    20 // between two looks at a log
#define SCREEN    "/run/screen"
#define SCRATCH   "/run/scratch" // the rig's folder, as the guest sees it
#define KERNEL_ARGS                                                                                \
  "mem=768M", "rootfstype=hostfs", "rootflags=/", "ro", "con=null", "con0=null,fd:1",              \
      "softdog.soft_noboot=1", "vivid.n_devs=1", "vivid.node_types=0x101,0x1",                     \
      "vivid.num_inputs=1,1", "vivid.input_types=3,0", "vivid.num_outputs=1,1",                    \
      "vivid.output_types=1"

char *
rig_path (Rig *rig, const char *name)
{
  return g_build_filename (rig->folder, name, NULL);
}

Rig *
rig_new (const char **ret_why)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *kernel = NULL;
  int status = 0;
  const char *argv[] = { TX_SOURCE_DIR "/tests/rig/build-kernel", NULL };
  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &kernel, NULL,
                     &status, &error) ||
      !g_spawn_check_wait_status (status, NULL)) {
    *ret_why = "the kernel cannot be built here, tests/rig/build-kernel says why";
    return NULL;
  }
  g_assert_cmpint (prctl (PR_SET_CHILD_SUBREAPER, 1), ==, 0); // see bury ()
  Rig *rig = g_new0 (Rig, 1);
  rig->kernel = g_strdup (g_strstrip (kernel));
  rig->folder = g_dir_make_tmp ("rig-XXXXXX", &error);
  g_assert_no_error (error);
  rig->width_px = WIDTH_PX;
  rig->height_px = HEIGHT_PX;
  rig->scene = demo_scene_new (WIDTH_PX, HEIGHT_PX);
  rig->pending = g_string_new (NULL);
  rig->printer = rig_printer_new ();
  rig->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  rig->ended = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  rig->said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  rig->wire = -1;
  rig_forget_disk (rig);
  return rig;
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name = NULL; dir != NULL && (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    if (g_file_test (path, G_FILE_TEST_IS_DIR))
      remove_folder (path);
    else
      (void) g_remove (path);
  }
  (void) g_rmdir (folder);
}

void
rig_free (Rig *rig)
{
  rig_cut_power (rig);
  remove_folder (rig->folder);
  g_queue_clear_full (&rig->answers, g_free);
  rig_printer_free (rig->printer);
  g_hash_table_unref (rig->lines);
  g_hash_table_unref (rig->ended);
  g_hash_table_unref (rig->said);
  g_string_free (rig->pending, TRUE);
  g_object_unref (rig->scene);
  g_free (rig->folder);
  g_free (rig->kernel);
  g_free (rig);
}

static void
take_line_event (Rig *rig, const char *name, gboolean is_high, gint64 at_us)
{
  RigLine *line = g_hash_table_lookup (rig->lines, name);
  if (line == NULL) {
    line = g_new0 (RigLine, 1);
    g_hash_table_insert (rig->lines, g_strdup (name), line);
  }
  if (line->is_high == is_high)
    return; // written again, not changed
  line->is_high = is_high;
  line->at_us = at_us;
  line->n_rises += is_high ? 1 : 0;
}

static void
take_message (Rig *rig, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint n_words = g_strv_length (words);
  if (!g_str_has_prefix (text, "event "))
    g_queue_push_tail (&rig->answers, g_strdup (text));
  else if (g_str_equal (words[1], "up"))
    rig->is_up = TRUE;
  else if (g_str_equal (words[1], "line") && n_words == 5)
    take_line_event (rig, words[2], words[3][0] == '1', g_ascii_strtoll (words[4], NULL, 10));
  else if (g_str_equal (words[1], "shown") && n_words == 3)
    rig->shown_us = g_ascii_strtoll (words[2], NULL, 10);
  else if (g_str_equal (words[1], "printed") && n_words == 3)
    rig_printer_take (rig, words[2]);
  else if (g_str_equal (words[1], "ended") && n_words == 4)
    g_hash_table_replace (rig->ended, g_strdup (words[2]),
                          GINT_TO_POINTER (1 + (int) g_ascii_strtoll (words[3], NULL, 10)));
  else
    g_error ("the guest says: %s", text);
}

void
rig_listen (Rig *rig, int timeout_ms)
{
  GPollFD poll = { rig->wire, G_IO_IN | G_IO_HUP, 0 };
  char bytes[4096];
  if (g_poll (&poll, 1, timeout_ms) <= 0)
    return;
  ssize_t n = read (rig->wire, bytes, sizeof bytes);
  if (n <= 0)
    g_error ("the guest is gone");
  g_string_append_len (rig->pending, bytes, n);
  for (char *end = NULL; (end = strchr (rig->pending->str, '\n')) != NULL;) {
    g_autofree char *text = g_strndup (rig->pending->str, (gsize) (end - rig->pending->str));
    g_string_erase (rig->pending, 0, end - rig->pending->str + 1);
    take_message (rig, text);
  }
}

gint64
rig_deadline (guint within_ms)
{
  return g_get_monotonic_time () + (gint64) within_ms * 1000;
}

int
rig_left_ms (gint64 deadline_us)
{
  return (int) MAX (0, (deadline_us - g_get_monotonic_time () + 999) / 1000);
}

void
rig_say (Rig *rig, const char *text)
{
  g_autofree char *line = g_strconcat (text, "\n", NULL);
  g_assert_cmpint (write (rig->wire, line, strlen (line)), ==, (gssize) strlen (line));
}

char *
rig_ask (Rig *rig, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  rig_say (rig, text);
  gint64 until_us = rig_deadline (ANSWER_MS);
  while (g_queue_is_empty (&rig->answers) && rig_left_ms (until_us) > 0)
    rig_listen (rig, rig_left_ms (until_us));
  char *answer = g_queue_pop_head (&rig->answers);
  if (answer == NULL || g_str_has_prefix (answer, "no "))
    g_error ("%s: %s", text, answer != NULL ? answer : "no answer");
  return answer;
}

static void
lead_group (gpointer unused)
{
  (void) setpgid (0, 0);
}

static void
boot (Rig *rig, const char *second_camera)
{
  g_autoptr (GError) error = NULL;
  int wires[2];
  g_assert_null (rig->guest);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, wires), ==, 0);
  g_autofree char *disk = g_strdup_printf ("ubd0=%s/disk.img", rig->folder);
  g_autofree char *console = rig_path (rig, "console.log");
  g_autofree char *uml_dir = g_strdup_printf ("uml_dir=%s/uml", rig->folder);
  g_autofree char *log = g_strdup_printf ("ubd1=%s/writes.log", rig->folder);
  const char *argv[] = {
    rig->kernel, KERNEL_ARGS,   disk,          rig->logs_writes ? log : "quiet",
    uml_dir,     second_camera, "ssl0=fd:3",   "init=" TX_BINARY_DIR "/tests/rig/rig-guest",
    "--",        rig->folder,   TX_SOURCE_DIR, TX_BINARY_DIR,
    NULL
  };
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_subprocess_launcher_take_fd (launcher, wires[1], 3);
  g_subprocess_launcher_set_child_setup (launcher, lead_group, NULL, NULL);
  g_subprocess_launcher_set_stdout_file_path (launcher, console);
  g_subprocess_launcher_set_stderr_file_path (launcher, console);
  rig->guest = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  rig->group = (pid_t) g_ascii_strtoll (g_subprocess_get_identifier (rig->guest), NULL, 10);
  rig->wire = wires[0];
  rig->is_up = FALSE;
  g_hash_table_remove_all (rig->lines);
  g_hash_table_remove_all (rig->ended);
  gint64 until_us = rig_deadline (BOOT_MS);
  while (!rig->is_up && rig_left_ms (until_us) > 0)
    rig_listen (rig, rig_left_ms (until_us));
  g_assert_true (rig->is_up);
}

void
rig_boot (Rig *rig)
{
  boot (rig, "quiet");
}

void
rig_boot_with_two_cameras (Rig *rig)
{
  boot (rig, "vivid.n_devs=2");
}

static void
bury (Rig *rig)
{
  pid_t group = rig->group;
  g_assert_true (g_subprocess_wait (rig->guest, NULL, NULL));
  g_clear_object (&rig->guest);
  (void) kill (-group, SIGKILL); // its threads are processes, and hold the disk's lock
  while (waitpid (-group, NULL, 0) > 0) {
  }
  (void) close (rig->wire);
  rig->wire = -1;
  g_string_truncate (rig->pending, 0);
  g_queue_clear_full (&rig->answers, g_free);
}

// What the guest had said before it died still counts.
static void
take_last_words (Rig *rig)
{
  char bytes[4096];
  for (ssize_t n = 0; (n = recv (rig->wire, bytes, sizeof bytes, MSG_DONTWAIT)) > 0;)
    g_string_append_len (rig->pending, bytes, n);
  g_auto (GStrv) texts = g_strsplit (rig->pending->str, "\n", -1);
  for (guint i = 0; texts[i] != NULL && texts[i + 1] != NULL; i++)
    take_message (rig, texts[i]);
}

void
rig_cut_power (Rig *rig)
{
  if (rig->guest == NULL)
    return;
  (void) kill (-rig->group, SIGKILL);
  g_assert_true (g_subprocess_wait (rig->guest, NULL, NULL));
  take_last_words (rig);
  bury (rig);
}

void
rig_shut_down (Rig *rig)
{
  rig_say (rig, "power-off");
  bury (rig);
}

void
rig_start (Rig *rig, const char *name, const char *command)
{
  (void) g_hash_table_remove (rig->ended, name); // may have run before
  (void) g_hash_table_remove (rig->said, name);
  g_autofree char *log = g_strconcat (name, ".log", NULL);
  g_autofree char *log_path = rig_path (rig, log);
  (void) g_remove (log_path); // of an earlier life
  RIG_TELL (rig, "start %s exec >%s/%s.log 2>&1; %s", name, SCRATCH, name, command);
}

int
rig_wait_for_end (Rig *rig, const char *name, guint within_ms)
{
  gint64 until_us = rig_deadline (within_ms);
  while (!g_hash_table_contains (rig->ended, name) && rig_left_ms (until_us) > 0)
    rig_listen (rig, rig_left_ms (until_us));
  if (!g_hash_table_contains (rig->ended, name))
    g_error ("%s still runs after %u ms", name, within_ms);
  return GPOINTER_TO_INT (g_hash_table_lookup (rig->ended, name)) - 1;
}

void
rig_signal (Rig *rig, const char *program, int number)
{
  RIG_TELL (rig, "signal %s %d", program, number);
}

char *
rig_read_log (Rig *rig, const char *name)
{
  g_autofree char *file = g_strconcat (name, ".log", NULL);
  g_autofree char *path = rig_path (rig, file);
  char *text = NULL;
  (void) g_file_get_contents (path, &text, NULL, NULL);
  return text != NULL ? text : g_strdup ("");
}

void
rig_kernel_says (Rig *rig, const char *words, guint within_ms)
{
  for (gint64 until_us = rig_deadline (within_ms);; rig_wait (rig, LOG_MS)) {
    g_autofree char *console = rig_read_log (rig, "console");
    if (strstr (console, words) != NULL)
      return;
    if (rig_left_ms (until_us) == 0)
      g_error ("the kernel did not say \"%s\", but:\n%s", words, console);
  }
}

void
rig_says (Rig *rig, const char *name, const char *words, guint within_ms)
{
  gint64 until_us = rig_deadline (within_ms);
  gsize n_said = GPOINTER_TO_SIZE (g_hash_table_lookup (rig->said, name));
  for (;;) {
    g_autofree char *log = rig_read_log (rig, name);
    const char *said = strlen (log) > n_said ? strstr (log + n_said, words) : NULL;
    if (said != NULL) {
      n_said = (gsize) (said - log) + strlen (words);
      g_hash_table_replace (rig->said, g_strdup (name), GSIZE_TO_POINTER (n_said));
      return;
    }
    if (rig_left_ms (until_us) == 0)
      g_error ("%s did not say \"%s\", but:\n%s", name, words, log);
    rig_wait (rig, LOG_MS);
  }
}

char *
rig_run (Rig *rig, const char *command, int *ret_status)
{
  rig_start (rig, "run", command);
  *ret_status = rig_wait_for_end (rig, "run", RUN_MS);
  return rig_read_log (rig, "run");
}

char *
rig_ask_ctl (Rig *rig, const char *arguments, int *ret_status)
{
  g_autofree char *command =
      g_strdup_printf ("exec %s/kiosk/ctl/tramxanhctl %s", TX_BINARY_DIR, arguments);
  return rig_run (rig, command, ret_status);
}

void
rig_write_file (Rig *rig, const char *name, const char *text)
{
  g_autofree char *path = rig_path (rig, name);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

void
rig_start_kiosk (Rig *rig, const char *config, gboolean with_screen)
{
  rig_write_file (rig, "tramxanh.conf", config);
  g_autofree char *command =
      g_strdup_printf ("exec %s %s/kiosk/tramxanh --config " SCRATCH
                       "/tramxanh.conf --state " RIG_STATE "/tramxanh%s",
                       with_screen ? TX_SOURCE_DIR "/image/headless --open " SCREEN : "",
                       TX_BINARY_DIR, with_screen ? "" : " --headless");
  rig_start (rig, "kiosk", command);
}

void
rig_open_entrance (Rig *rig, const char *config)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  if (strstr (config, "[printer]") != NULL)
    rig_plug (rig, "printer");
  rig_visitor_steps_back (rig);
  rig_start_kiosk (rig, config, FALSE);
  rig_line_turns (rig, "RELAY", FALSE, READY_MS);
}

void
rig_close_entrance (Rig *rig)
{
  rig_signal (rig, "tramxanh", SIGTERM);
  g_assert_cmpint (rig_wait_for_end (rig, "kiosk", END_MS), ==, 0);
}

// BGRx to YUYV (BT.709, limited range), two pixels at a time.
static void
convert (const guint8 *bgrx, guint8 *yuyv, gsize n_pixels)
{
  for (gsize i = 0; i < n_pixels; i += 2, bgrx += 8, yuyv += 4) {
    int b = (bgrx[0] + bgrx[4]) / 2, g = (bgrx[1] + bgrx[5]) / 2, r = (bgrx[2] + bgrx[6]) / 2;
    for (int k = 0; k < 2; k++)
      yuyv[2 * k] =
          (guint8) (16 + (bgrx[4 * k + 2] * 47 + bgrx[4 * k + 1] * 157 + bgrx[4 * k] * 16) / 256);
    yuyv[1] = (guint8) CLAMP (128 + (-26 * r - 87 * g + 112 * b) / 256, 16, 240);
    yuyv[3] = (guint8) CLAMP (128 + (112 * r - 102 * g - 10 * b) / 256, 16, 240);
  }
}

static void
show_frame (Rig *rig, const guint8 *bgrx)
{
  gsize n_pixels = (gsize) rig->width_px * rig->height_px;
  g_autofree guint8 *yuyv = g_malloc (n_pixels * 2);
  g_autofree char *name = g_strdup_printf ("frame-%u.yuyv", ++rig->n_frames);
  g_autofree char *path = rig_path (rig, name);
  convert (bgrx, yuyv, n_pixels);
  g_assert_true (g_file_set_contents (path, (char *) yuyv, (gssize) n_pixels * 2, NULL));
  rig->shown_us = 0;
  RIG_TELL (rig, "show " SCRATCH "/%s", name);
  (void) g_remove (path); // the guest has read it
}

static void
show_scene (Rig *rig, double raised)
{
  g_autoptr (GBytes) bgrx = demo_scene_draw (rig->scene, raised, 0.4);
  show_frame (rig, g_bytes_get_data (bgrx, NULL));
}

void
rig_lens_is_covered (Rig *rig)
{
  g_autofree guint8 *black = g_malloc0 ((gsize) rig->width_px * rig->height_px * 4);
  show_frame (rig, black);
}

void
rig_camera_is_replaced (Rig *rig, guint width_px, guint height_px)
{
  rig_unplug (rig, "camera");
  RIG_TELL (rig, "resize %u %u", width_px, height_px);
  g_object_unref (rig->scene);
  rig->scene = demo_scene_new ((int) width_px, (int) height_px);
  rig->width_px = width_px;
  rig->height_px = height_px;
  rig_plug (rig, "camera");
}

void
rig_visitor_shows (Rig *rig, DemoProp prop, const char *payload)
{
  g_autoptr (GBytes) bytes = g_bytes_new (payload, strlen (payload));
  g_assert_true (demo_scene_hold (rig->scene, prop, bytes));
  show_scene (rig, 1);
}

void
rig_visitor_steps_back (Rig *rig)
{
  show_scene (rig, 0);
}

void
rig_signal_is_lost (Rig *rig)
{
  RIG_TELL (rig, "blank");
}

void
rig_camera_freezes (Rig *rig, gboolean is_frozen)
{
  RIG_TELL (rig, "freeze %s", is_frozen ? "on" : "off");
}

gint64
rig_shown_us (Rig *rig)
{
  gint64 until_us = rig_deadline (ANSWER_MS);
  while (rig->shown_us == 0 && rig_left_ms (until_us) > 0)
    rig_listen (rig, rig_left_ms (until_us));
  g_assert_cmpint (rig->shown_us, !=, 0);
  return rig->shown_us;
}

void
rig_pull (Rig *rig, const char *line, gboolean up)
{
  RIG_TELL (rig, "pull %s %s", line, up ? "up" : "down");
}

void
rig_press (Rig *rig, const char *button, guint ms)
{
  rig_pull (rig, button, TRUE);
  rig_wait (rig, ms);
  rig_pull (rig, button, FALSE);
}

guint
rig_shake (Rig *rig, const char *line, guint n_edges)
{
  g_autofree char *longest_us = rig_ask (rig, "shake %s %u", line, n_edges);
  return (guint) (g_ascii_strtoll (longest_us, NULL, 10) / 1000);
}

void
rig_visitor_types_on (Rig *rig, const char *keyboard, const char *text)
{
  g_autofree char *escaped = g_strescape (text, NULL);
  RIG_TELL (rig, "type %s %s", keyboard, escaped);
}

void
rig_unplug (Rig *rig, const char *what)
{
  RIG_TELL (rig, "unplug %s", what);
}

void
rig_plug (Rig *rig, const char *what)
{
  RIG_TELL (rig, "plug %s", what);
}

gboolean
rig_line_is_high (Rig *rig, const char *line)
{
  g_autofree char *answer = rig_ask (rig, "level %s", line);
  return g_str_equal (answer, "high");
}

gint64
rig_line_turns (Rig *rig, const char *name, gboolean high, guint within_ms)
{
  gint64 until_us = rig_deadline (within_ms);
  for (;;) {
    const RigLine *line = g_hash_table_lookup (rig->lines, name);
    if (line != NULL && line->is_high == high)
      return line->at_us;
    if (rig_left_ms (until_us) == 0) {
      g_autofree char *log = rig_read_log (rig, "kiosk");
      g_error ("%s did not turn %s within %u ms; the kiosk said:\n%s", name, high ? "on" : "off",
               within_ms, log);
    }
    rig_listen (rig, rig_left_ms (until_us));
  }
}

void
rig_wait_for_rises (Rig *rig, const char *name, guint n_rises, guint within_ms)
{
  gint64 until_us = rig_deadline (within_ms);
  while (rig_count_rises (rig, name) < n_rises && rig_left_ms (until_us) > 0)
    rig_listen (rig, rig_left_ms (until_us));
  if (rig_count_rises (rig, name) < n_rises) {
    g_autofree char *log = rig_read_log (rig, "kiosk");
    g_error ("%s rose %u times and not %u within %u ms; the kiosk said:\n%s", name,
             rig_count_rises (rig, name), n_rises, within_ms, log);
  }
}

guint
rig_count_rises (Rig *rig, const char *name)
{
  const RigLine *line = g_hash_table_lookup (rig->lines, name);
  return line != NULL ? line->n_rises : 0;
}

void
rig_wait (Rig *rig, guint ms)
{
  for (gint64 until_us = rig_deadline (ms); rig_left_ms (until_us) > 0;)
    rig_listen (rig, rig_left_ms (until_us));
}
