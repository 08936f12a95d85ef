// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The kiosk's key for passes, used beside the kiosk: it is read, never made here, because a key
// made by another user would be one that the kiosk cannot read.

#include "kiosk/ctl/ctl-pass.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "kiosk/ctl/ctl-call.h"
#include "kiosk/journal/journal-pass.h"

#define HOURS     24
#define HOURS_MAX 720 // the hard limit of retention: nothing is remembered longer
#define MINUTE_S  60

static int
issue (const JournalPassKey *key, int hours)
{
  gint64 minute = g_get_real_time () / G_USEC_PER_SEC / MINUTE_S;
  struct ct_pass pass = { .first_min = (guint32) minute,
                          .last_min = (guint32) (minute + (gint64) hours * 60) };
  char text[CT_PASS_TEXT_SIZE];
  randombytes_buf (pass.id, sizeof pass.id);
  journal_pass_key_sign (key, &pass, text);
  return printf ("%s\n", text) > 0 ? 0 : CTL_COULD_NOT;
}

static bool
verify_signature (const uint8_t key[32],
                  const uint8_t *message,
                  size_t message_len,
                  const uint8_t signature[64],
                  void *unused)
{
  return crypto_sign_verify_detached (signature, message, message_len, key) == 0;
}

// One byte too many is enough to be refused.
static gssize
read_input (guint8 *payload, gsize size)
{
  gsize len = 0;
  while (len < size) {
    gssize n = read (STDIN_FILENO, payload + len, size - len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return -1;
    if (n == 0)
      break;
    len += (gsize) n;
  }
  return (gssize) len;
}

static int
verify (const CtlCall *call, const JournalPassKey *key)
{
  const struct ct_read_context context = {
    .pass_keys = journal_pass_key_get_public (key),
    .n_pass_keys = 1,
    .verify = verify_signature,
    .now_s = g_get_real_time () / G_USEC_PER_SEC,
    .clock_trusted = true,
  };
  guint8 payload[CT_PAYLOAD_MAX + 1];
  struct ct_credential credential;
  enum ct_kind kind = CT_KIND_NONE;
  gssize len = read_input (payload, sizeof payload);
  if (len < 0)
    return ctl_call_fail (call, CTL_COULD_NOT, "reading standard input: %s", g_strerror (errno));
  enum ct_refusal refusal = ct_credential_read (&context, payload, (gsize) len, &credential, &kind);
  const char *answer = kind != CT_KIND_PASS         ? "no pass"
                       : refusal != CT_REFUSAL_NONE ? ct_refusal_to_string (refusal)
                                                    : "valid";
  if (printf ("%s\n", answer) < 0)
    return CTL_COULD_NOT;
  return kind == CT_KIND_PASS && refusal == CT_REFUSAL_NONE ? 0 : CTL_NO;
}

static JournalPassKey *
open_key (const CtlCall *call, const char *state_dir)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (state_dir, JOURNAL_PASS_KEY_FILE, NULL);
  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    (void) ctl_call_fail (call, CTL_COULD_NOT,
                          "%s: not there; the kiosk makes it at its first start", path);
    return NULL;
  }
  JournalPassKey *key = journal_pass_key_open (state_dir, &error);
  if (key == NULL)
    (void) ctl_call_fail (call, CTL_COULD_NOT, "%s", error->message);
  return key;
}

int
ctl_pass (int argc, char **argv)
{
  int hours = HOURS;
  g_autofree char *state_dir = NULL;
  const GOptionEntry entries[] = {
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &state_dir, "Folder of the kiosk's key", "DIR" },
    { "hours", 0, 0, G_OPTION_ARG_INT, &hours, "How long it is valid (24)", "N" },
    G_OPTION_ENTRY_NULL,
  };
  CtlCall call;
  int status =
      ctl_call_read (&call, "issue|verify - passes of this kiosk", entries, 1, 1, argc, argv);
  if (status != 0)
    return status;
  gboolean is_issue = g_str_equal (call.words[0], "issue");
  if (!is_issue && !g_str_equal (call.words[0], "verify"))
    return ctl_call_fail (&call, CTL_USAGE, "issue or verify, not '%s'", call.words[0]);
  if (hours < 1 || hours > HOURS_MAX)
    return ctl_call_fail (&call, CTL_USAGE, "--hours is 1 to %d", HOURS_MAX);
  if (sodium_init () < 0)
    return ctl_call_fail (&call, CTL_COULD_NOT, "no cryptography on this machine");
  if (state_dir == NULL)
    state_dir = g_build_filename (g_get_user_state_dir (), "tramxanh", NULL);
  g_autoptr (JournalPassKey) key = open_key (&call, state_dir);
  if (key == NULL)
    return CTL_COULD_NOT;
  return is_issue ? issue (key, hours) : verify (&call, key);
}
