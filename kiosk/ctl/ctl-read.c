// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanhctl read: what is this payload?

#include "kiosk/ctl/ctl-read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kiosk/core/ct-credential.h"
#include "kiosk/ctl/ctl-json.h"

#define SHOWN_DIGITS 2 // of a masked subject, as on the kiosk's screen

typedef struct {
  gboolean json;
  gboolean show;
} ReadOptions;

// All of stdin, but never more than one byte over what a credential may have: that is enough to be
// refused.
static gboolean
read_payload (guint8 *payload, gsize *ret_len)
{
  gsize len = 0;
  while (len <= CT_PAYLOAD_MAX) {
    gssize n = read (STDIN_FILENO, payload + len, CT_PAYLOAD_MAX + 1 - len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    if (n == 0)
      break;
    len += (gsize) n;
  }
  *ret_len = len;
  return TRUE;
}

// "cccd:**********45"
static char *
mask_subject (const char *subject)
{
  char *masked = g_strdup (subject);
  char *number = strchr (masked, ':') + 1;
  gsize len = strlen (number);
  for (gsize i = 0; i + SHOWN_DIGITS < len; i++)
    number[i] = '*';
  return masked;
}

// "1990-08-15" as far as it is known, the year alone when masked; NULL when nothing is.
static char *
format_date (struct ct_date date, gboolean show)
{
  if (date.year == 0)
    return NULL;
  if (!show || date.month == 0)
    return g_strdup_printf ("%04d", date.year);
  if (date.day == 0)
    return g_strdup_printf ("%04d-%02d", date.year, date.month);
  return g_strdup_printf ("%04d-%02d-%02d", date.year, date.month, date.day);
}

static void
add_field (GString *answer, const char *key, const char *value, const ReadOptions *options)
{
  if (options->json)
    ctl_json_add_text (answer, key, value);
  else if (value != NULL)
    g_string_append_printf (answer, "%s: %s\n", key, value);
}

static void
add_doubts (GString *answer, unsigned doubts, const ReadOptions *options)
{
  if (options->json)
    ctl_json_open_array (answer, "doubts");
  for (unsigned bit = 1; bit <= doubts; bit <<= 1)
    if ((doubts & bit) != 0)
      add_field (answer, options->json ? NULL : "doubt", ct_doubt_to_string ((enum ct_doubt) bit),
                 options);
  if (options->json)
    ctl_json_close_array (answer);
}

static void
add_credential (GString *answer, const struct ct_credential *credential, const ReadOptions *options)
{
  char masked_name[CT_NAME_MAX + 1];
  ct_name_mask (credential->name, masked_name, sizeof masked_name);
  const char *name = options->show ? credential->name : masked_name;
  const char sex[] = { credential->sex, '\0' };
  g_autofree char *subject =
      options->show ? g_strdup (credential->subject) : mask_subject (credential->subject);
  g_autofree char *born = format_date (credential->born, options->show);
  g_autofree char *issued = format_date (credential->issued, options->show);
  add_field (answer, "subject", subject, options);
  add_field (answer, "name", name[0] != '\0' ? name : NULL, options);
  add_field (answer, "born", born, options);
  add_field (answer, "sex", options->show && sex[0] != '\0' ? sex : NULL, options);
  add_field (answer, "issued", issued, options);
  add_field (answer, "freshness", ct_freshness_to_string (credential->freshness), options);
  add_doubts (answer, credential->doubts, options);
}

static gboolean
parse_options (int argc, char **argv, ReadOptions *ret_options)
{
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &ret_options->json, "One JSON object", NULL },
    { "show", 0, 0, G_OPTION_ARG_NONE, &ret_options->show, "Nothing masked", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- what is the payload on stdin?");
  g_autoptr (GError) error = NULL;
  g_option_context_add_main_entries (context, entries, NULL);
  if (g_option_context_parse (context, &argc, &argv, &error) && argc == 1)
    return TRUE;
  (void) fprintf (stderr, "read: %s\n",
                  error != NULL ? error->message
                                : "takes no arguments, the payload comes on stdin");
  return FALSE;
}

int
ctl_read (int argc, char **argv)
{
  ReadOptions options = { .json = FALSE };
  guint8 payload[CT_PAYLOAD_MAX + 1];
  gsize len = 0;
  if (!parse_options (argc, argv, &options))
    return 2;
  if (!read_payload (payload, &len)) {
    (void) fprintf (stderr, "read: reading stdin: %s\n", g_strerror (errno));
    return 3;
  }

  const struct ct_read_context context = { .now_s = g_get_real_time () / G_USEC_PER_SEC,
                                           .clock_trusted = true };
  struct ct_credential credential;
  enum ct_kind kind;
  enum ct_refusal refusal = ct_credential_read (&context, payload, len, &credential, &kind);
  g_autoptr (GString) answer = g_string_new (NULL);
  if (options.json)
    ctl_json_open_object (answer, NULL);
  if (refusal != CT_REFUSAL_NONE)
    add_field (answer, "refused", ct_refusal_to_string (refusal), &options);
  add_field (answer, "kind", ct_kind_to_string (kind), &options);
  if (refusal == CT_REFUSAL_NONE)
    add_credential (answer, &credential, &options);
  if (options.json) {
    ctl_json_close_object (answer);
    g_string_append_c (answer, '\n');
  }
  if (fputs (answer->str, stdout) == EOF || fflush (stdout) != 0) {
    (void) fprintf (stderr, "read: writing the answer: %s\n", g_strerror (errno));
    return 3;
  }
  return refusal == CT_REFUSAL_NONE ? 0 : 1;
}
