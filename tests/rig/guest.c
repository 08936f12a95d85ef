// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// rig-guest SCRATCH FOLDER...: init of the guest. The root file system is the host's, read-only:
// everything that is written goes to memory, to the disk that the test brought (/run/state), or to
// SCRATCH on the host. /tmp is empty but for the FOLDERs.

#include "tests/rig/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <net/if.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define WIRE    "/dev/ttyS0"
#define DEAF_MS 20000          // a test that takes nothing for so long has ended
#define SCRATCH "/run/scratch" // the test's own folder on the host, writable

static int wire_fd = -1; // written by two threads, whole lines at a time
static GMutex wire_lock;

void
guest_tell (const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *line = g_strconcat (text, "\n", NULL);
  g_mutex_lock (&wire_lock);
  for (gsize done = 0, len = strlen (line); done < len;) {
    ssize_t n = write (wire_fd, line + done, len - done);
    GPollFD room = { wire_fd, G_IO_OUT, 0 };
    gboolean is_full = n == 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
    if (n > 0)
      done += (gsize) n;
    else if (!is_full || g_poll (&room, 1, DEAF_MS) <= 0)
      (void) reboot (
          RB_POWER_OFF); // the main loop may hang here, and never see that the test ended
  }
  g_mutex_unlock (&wire_lock);
}

gboolean
guest_write (const char *path, const char *text, GError **error)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean ok = fd >= 0 && write (fd, text, strlen (text)) == (ssize_t) strlen (text);
  if (!ok)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path,
                 g_strerror (errno));
  if (fd >= 0)
    (void) close (fd); // what matters was written
  return ok;
}

// An empty, writable /tmp, with @kept (NULL-terminated folders of the host) still in it.
static void
mount_tmp (char *const *kept)
{
  // The kernel adds words of its own behind ours.
  for (guint i = 0; kept[i] != NULL && kept[i][0] == '/'; i++) {
    g_autofree char *aside = g_strdup_printf ("/run/kept%u", i);
    if (mkdir (aside, 0700) != 0 || mount (kept[i], aside, NULL, MS_BIND, NULL) != 0)
      g_printerr ("rig: bind %s: %s\n", kept[i], g_strerror (errno));
  }
  if (mount ("tmpfs", "/tmp", "tmpfs", 0, "mode=1777") != 0)
    g_printerr ("rig: mount /tmp: %s\n", g_strerror (errno));
  for (guint i = 0; kept[i] != NULL && kept[i][0] == '/'; i++) {
    g_autofree char *aside = g_strdup_printf ("/run/kept%u", i);
    if (g_str_has_prefix (kept[i], "/tmp/") && (g_mkdir_with_parents (kept[i], 0755) != 0 ||
                                                mount (aside, kept[i], NULL, MS_BIND, NULL) != 0))
      g_printerr ("rig: bind %s: %s\n", kept[i], g_strerror (errno));
  }
}

static void
mount_all (const char *scratch)
{
  static const struct {
    const char *type, *target, *options;
  } mounts[] = {
    { "proc", "/proc", NULL },
    { "sysfs", "/sys", NULL },
    { "devtmpfs", "/dev", NULL },
    { "devpts", "/dev/pts", NULL },
    { "tmpfs", "/dev/shm", NULL },
    { "tmpfs", "/run", "mode=0755" },
    { "configfs", "/sys/kernel/config", NULL },
    { "debugfs", "/sys/kernel/debug", NULL },
    { "tracefs", "/sys/kernel/tracing", NULL },
    { "tmpfs", "/var/lib", NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (mounts); i++) {
    if (g_str_has_prefix (mounts[i].target, "/dev/"))
      (void) mkdir (mounts[i].target, 0755); // may be there
    if (mount (mounts[i].type, mounts[i].target, mounts[i].type, 0, mounts[i].options) != 0 &&
        errno != EBUSY)
      g_printerr ("rig: mount %s: %s\n", mounts[i].target, g_strerror (errno));
  }
  (void) mkdir ("/run/user", 0700);
  (void) mkdir ("/run/home", 0700);
  if (scratch != NULL &&
      (mkdir (SCRATCH, 0700) != 0 || mount ("none", SCRATCH, "hostfs", 0, scratch) != 0))
    g_printerr ("rig: mount %s: %s\n", scratch, g_strerror (errno));
}

static void
set_environment (void)
{
  static const char *const variables[][2] = {
    { "PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" },
    { "HOME", "/run/home" },
    { "XDG_RUNTIME_DIR", "/run/user" },
    { "LC_ALL", "C.UTF-8" },
    { "TZ", "UTC" },
    { "GST_REGISTRY", SCRATCH "/gst-registry" }, // read once per test, not once per boot
    { "GSETTINGS_BACKEND", "memory" },
    { "GSK_RENDERER", "cairo" },
    { "G_DEBUG", "" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    (void) g_setenv (variables[i][0], variables[i][1], TRUE);
}

// 127.0.0.1, as every machine has it; there is no other network.
static void
raise_loopback (void)
{
  struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || ioctl (fd, SIOCSIFFLAGS, &request) != 0)
    g_printerr ("rig: loopback: %s\n", g_strerror (errno));
  if (fd >= 0)
    (void) close (fd); // the interface stays up
}

static gboolean
open_wire (void)
{
  struct termios raw;
  wire_fd = open (WIRE, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (wire_fd < 0 || tcgetattr (wire_fd, &raw) != 0)
    return FALSE;
  cfmakeraw (&raw);
  return tcsetattr (wire_fd, TCSANOW, &raw) == 0;
}

static void
on_program_ended (GPid pid, int status, gpointer user_data)
{
  g_autofree char *name = user_data;
  guest_tell ("event ended %s %d", name,
              WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status));
}

static gboolean
start_program (const char *name, const char *command, GError **error)
{
  const char *argv[] = { "/bin/sh", "-c", command, NULL };
  GPid pid = 0;
  if (!g_spawn_async ("/", (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
                      error))
    return FALSE;
  (void) g_child_watch_add (pid, on_program_ended, g_strdup (name));
  return TRUE;
}

// Every process whose program is called so.
static gboolean
signal_program (const char *program, const char *number, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, error);
  guint n_found = 0;
  for (const char *pid = NULL; dir != NULL && (pid = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename ("/proc", pid, "comm", NULL);
    g_autofree char *comm = NULL;
    if (g_ascii_isdigit (pid[0]) && g_file_get_contents (path, &comm, NULL, NULL) &&
        g_strcmp0 (g_strchomp (comm), program) == 0)
      n_found += kill ((pid_t) g_ascii_strtoll (pid, NULL, 10),
                       (int) g_ascii_strtoll (number, NULL, 10)) == 0;
  }
  if (n_found > 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s does not run", program);
  return FALSE;
}

static gboolean
read_level (const char *line, const char *unused, GError **error)
{
  gboolean is_high = FALSE;
  if (!guest_panel_read (line, &is_high, error))
    return FALSE;
  guest_tell (is_high ? "high" : "low");
  return TRUE;
}

static gboolean
pull (const char *line, const char *direction, GError **error)
{
  return guest_panel_pull (line, g_strcmp0 (direction, "up") == 0, error);
}

static gboolean
shake (const char *line, const char *n_edges, GError **error)
{
  gint64 longest_us = 0;
  if (!guest_panel_shake (line, (guint) g_ascii_strtoull (n_edges, NULL, 10), &longest_us, error))
    return FALSE;
  guest_tell ("%" G_GINT64_FORMAT, longest_us);
  return TRUE;
}

static const struct {
  const char *what;
  gboolean (*plug) (GError **error);
  gboolean (*unplug) (GError **error);
} devices[] = {
  { "camera", guest_camera_plug, guest_camera_unplug },
  { "panel", guest_panel_plug, guest_panel_unplug },
  { "panel-twin", guest_panel_plug_twin, guest_panel_unplug_twin },
  { "printer", guest_printer_plug, guest_printer_unplug },
  { "radio", guest_radio_plug, guest_radio_unplug },
  { "scanner", guest_wedge_plug, guest_wedge_unplug },
};

static gboolean
plug (const char *what, const char *unused, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (devices); i++)
    if (g_str_equal (devices[i].what, what))
      return devices[i].plug (error);
  return FALSE;
}

static gboolean
unplug (const char *what, const char *unused, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (devices); i++)
    if (g_str_equal (devices[i].what, what))
      return devices[i].unplug (error);
  return FALSE;
}

static gboolean
reply (const char *hex, const char *unused, GError **error)
{
  return guest_printer_reply (hex, error);
}

static gboolean
show (const char *path, const char *unused, GError **error)
{
  return guest_camera_show (path, error);
}

static gboolean
blank (const char *unused, const char *unused2, GError **error)
{
  return guest_camera_stop (error);
}

static gboolean
take (const char *how, const char *unused, GError **error)
{
  return guest_printer_take (g_str_equal (how, "on"), error);
}

static gboolean
freeze (const char *how, const char *unused, GError **error)
{
  return guest_camera_freeze (g_str_equal (how, "on"), error);
}

static gboolean
set_radio (const char *what, const char *how, GError **error)
{
  return guest_radio_set (what, g_str_equal (how, "on"), error);
}

static gboolean
fill_air (const char *path, const char *unused, GError **error)
{
  return guest_radio_fill_air (path, error);
}

static gboolean
utter (const char *hex, const char *unused, GError **error)
{
  guest_radio_utter (hex);
  return TRUE;
}

static gboolean
tell_connected (const char *unused, const char *unused_too, GError **error)
{
  guest_radio_tell_connected ();
  return TRUE;
}

static gboolean
tell_counts (const char *unused, const char *unused_too, GError **error)
{
  guest_radio_tell_counts ();
  return TRUE;
}

static gboolean
tell_sent (const char *unused, const char *unused_too, GError **error)
{
  guest_radio_tell_sent ();
  return TRUE;
}

static gboolean
resize (const char *width_px, const char *height_px, GError **error)
{
  return guest_camera_resize ((guint) g_ascii_strtoull (width_px, NULL, 10),
                              (guint) g_ascii_strtoull (height_px, NULL, 10), error);
}

static gboolean
power_off (const char *unused, const char *unused2, GError **error)
{
  guest_disk_unmount ();
  (void) reboot (RB_POWER_OFF);
  return FALSE;
}

typedef enum {
  ANSWER_OK,   // "ok"
  ANSWER_OWN,  // says more than that
  ANSWER_NONE, // the host does not wait for one
} Answer;

static const struct {
  const char *word;
  gboolean (*act) (const char *first, const char *rest, GError **error);
  Answer answer;
} commands[] = {
  { "start", start_program, ANSWER_OK }, { "signal", signal_program, ANSWER_OK },
  { "show", show, ANSWER_OK },           { "blank", blank, ANSWER_OK },
  { "freeze", freeze, ANSWER_OK },       { "resize", resize, ANSWER_OK },
  { "radio", set_radio, ANSWER_OK },     { "air", fill_air, ANSWER_OK },
  { "sent", tell_sent, ANSWER_OWN },     { "connected", tell_connected, ANSWER_OWN },
  { "pull", pull, ANSWER_OK },           { "shake", shake, ANSWER_OWN },
  { "level", read_level, ANSWER_OWN },   { "plug", plug, ANSWER_OK },
  { "unplug", unplug, ANSWER_OK },       { "type", guest_wedge_type, ANSWER_OK },
  { "take", take, ANSWER_OK },           { "reply", reply, ANSWER_NONE },
  { "utter", utter, ANSWER_OK },         { "power-off", power_off, ANSWER_OK },
  { "aired", tell_counts, ANSWER_OWN },
};

static void
obey (char *line)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = g_strsplit (g_strstrip (line), " ", 3);
  const char *first = words[0] != NULL && words[1] != NULL ? words[1] : "";
  const char *rest = first[0] != '\0' && words[2] != NULL ? words[2] : "";
  for (guint i = 0; words[0] != NULL && i < G_N_ELEMENTS (commands); i++) {
    if (!g_str_equal (commands[i].word, words[0]))
      continue;
    gboolean done = commands[i].act (first, rest, &error);
    if (done && commands[i].answer == ANSWER_OK)
      guest_tell ("ok");
    if (!done && commands[i].answer != ANSWER_NONE)
      guest_tell ("no %s", error != NULL ? error->message : "failed");
    return;
  }
  guest_tell ("no such command");
}

static gboolean
on_wire (int fd, GIOCondition condition, gpointer user_data)
{
  GString *pending = user_data;
  char bytes[4096];
  ssize_t n = read (fd, bytes, sizeof bytes);
  if (n < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  if (n <= 0) { // the test is gone: nobody else would switch us off
    (void) power_off (NULL, NULL, NULL);
    return G_SOURCE_REMOVE;
  }
  g_string_append_len (pending, bytes, n);
  for (char *end = strchr (pending->str, '\n'); end != NULL; end = strchr (pending->str, '\n')) {
    g_autofree char *line = g_strndup (pending->str, (gsize) (end - pending->str));
    g_string_erase (pending, 0, end - pending->str + 1);
    obey (line);
  }
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) pending = g_string_new (NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  mount_all (argc > 1 ? argv[1] : NULL);
  if (argc > 1)
    mount_tmp (argv + 2);
  set_environment ();
  raise_loopback ();
  if (!open_wire ())
    g_printerr ("rig: no wire to the host: %s\n", g_strerror (errno));
  else if (!guest_disk_mount (&error) || !guest_panel_start (&error) ||
           !guest_camera_start (&error))
    guest_tell ("event broken %s", error->message);
  else
    guest_tell ("event up");
  (void) g_unix_fd_add (wire_fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_wire, pending);
  g_main_loop_run (loop);
  return 0;
}
