// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Two USB keyboards made with uinput: a wedge scanner, and one for people beside it.

#include "tests/rig/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/uinput.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tests/keyboard/keyboard.h"

#define REPORT_US                                                                                  \
  2000 // a full-speed USB keyboard may tell its keys every 1 ms, most scanners are slower

typedef struct {
  const char *name;
  struct uinput_setup setup;
  int fd;
} Board;

static Board boards[] = {
  // the guest is one program with these
  { "scanner",
    { .id = { .bustype = BUS_USB, .vendor = 0x7472, .product = 0x7831 }, .name = "Rig Scanner" },
    -1 },
  { "keyboard",
    { .id = { .bustype = BUS_USB, .vendor = 0x7472, .product = 0x7832 }, .name = "Rig Keyboard" },
    -1 },
};

static Board *
find_board (const char *name, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (boards); i++)
    if (g_str_equal (boards[i].name, name) && boards[i].fd >= 0)
      return &boards[i];
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: not plugged in", name);
  return NULL;
}

static gboolean
plug (Board *board, GError **error)
{
  gboolean ok = TRUE;
  board->fd = open ("/dev/uinput", O_WRONLY | O_CLOEXEC);
  for (guint type = EV_KEY; type <= EV_LED && ok; type += EV_LED - EV_KEY)
    ok = ioctl (board->fd, UI_SET_EVBIT, type) == 0;
  for (guint key = KEY_ESC; key <= KEY_COMPOSE && ok; key++)
    ok = ioctl (board->fd, UI_SET_KEYBIT, key) == 0;
  ok = ok && ioctl (board->fd, UI_SET_LEDBIT, LED_CAPSL) == 0 &&
       ioctl (board->fd, UI_DEV_SETUP, &board->setup) == 0 && ioctl (board->fd, UI_DEV_CREATE) == 0;
  if (!ok)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", board->name,
                 g_strerror (errno));
  return ok;
}

gboolean
guest_wedge_plug (GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (boards); i++)
    if (boards[i].fd < 0 && !plug (&boards[i], error))
      return FALSE;
  return TRUE;
}

// The scanner only: people keep their keyboard.
gboolean
guest_wedge_unplug (GError **error)
{
  (void) close (boards[0].fd);
  boards[0].fd = -1;
  return TRUE;
}

static void
on_key (guint key, gboolean is_down, gpointer user_data)
{
  const Board *board = user_data;
  const struct input_event events[] = {
    { .type = EV_KEY, .code = (guint16) key, .value = is_down },
    { .type = EV_SYN, .code = SYN_REPORT },
  };
  if (write (board->fd, events, sizeof events) != sizeof events)
    guest_tell ("event typing-failed %s", g_strerror (errno));
  g_usleep (REPORT_US);
}

gboolean
guest_wedge_type (const char *name, const char *escaped, GError **error)
{
  g_autofree char *text = g_strcompress (escaped);
  Board *board = find_board (name, error);
  if (board == NULL)
    return FALSE;
  // A scanner has a processor of its own: it does not wait for this one.
  const struct sched_param at_once = { .sched_priority = 1 }, as_others = { 0 };
  (void) sched_setscheduler (0, SCHED_FIFO, &at_once);
  keyboard_type (text, KEYBOARD_ALT_BYTES, on_key, board);
  (void) sched_setscheduler (0, SCHED_OTHER, &as_others);
  return TRUE;
}
