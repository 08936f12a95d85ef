// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-passphrase"

#include "kiosk/trace/trace-passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

void
trace_passphrase_wipe (TracePassphrase passphrase)
{
  sodium_memzero (passphrase, sizeof (TracePassphrase));
}

// Byte by byte, because what follows the line is somebody else's.
static gboolean
read_line (int fd, TracePassphrase ret_passphrase)
{
  gsize len = 0;
  char byte = '\0';
  for (;;) {
    gssize n = read (fd, &byte, 1);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    if (n == 0 || byte == '\n')
      break;
    if (len < sizeof (TracePassphrase) - 1)
      ret_passphrase[len++] = byte;
  }
  ret_passphrase[len] = '\0';
  return TRUE;
}

// An interrupt waits until the terminal echoes again.
static gboolean
ask (int fd, const char *prompt, TracePassphrase ret_passphrase)
{
  struct termios as_it_was, silent;
  sigset_t interrupts, before;
  if (tcgetattr (fd, &as_it_was) < 0)
    return FALSE;
  silent = as_it_was;
  silent.c_lflag &= ~(tcflag_t) ECHO;
  silent.c_lflag |= ECHONL;
  (void) sigemptyset (&interrupts); // cannot fail with these arguments, like the next ones
  (void) sigaddset (&interrupts, SIGINT);
  (void) sigaddset (&interrupts, SIGTSTP);
  (void) sigaddset (&interrupts, SIGQUIT);
  (void) sigprocmask (SIG_BLOCK, &interrupts, &before);
  gboolean ok = tcsetattr (fd, TCSAFLUSH, &silent) == 0 &&
                write (fd, prompt, strlen (prompt)) == (gssize) strlen (prompt) &&
                read_line (fd, ret_passphrase);
  int saved_errno = errno;
  (void) tcsetattr (fd, TCSANOW, &as_it_was); // the best that can be done
  (void) sigprocmask (SIG_SETMASK, &before, NULL);
  errno = saved_errno;
  return ok;
}

gboolean
trace_passphrase_read (int fd, const char *prompt, TracePassphrase ret_passphrase, GError **error)
{
  memset (ret_passphrase, 0, sizeof (TracePassphrase));
  if (fd >= 0) {
    if (read_line (fd, ret_passphrase))
      return TRUE;
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "passphrase from descriptor %d: %s", fd,
                 g_strerror (errno));
    return FALSE;
  }
  int terminal = open ("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) {
    g_set_error_literal (error, TRACE_ERROR, TRACE_ERROR_INPUT,
                         "no terminal to ask for the passphrase: --passphrase-fd N");
    return FALSE;
  }
  gboolean ok = ask (terminal, prompt, ret_passphrase);
  if (!ok)
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE, "asking for the passphrase: %s",
                 g_strerror (errno));
  (void) close (terminal); // all is said
  return ok;
}
