// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Command line and configuration become one value.

#define G_LOG_DOMAIN "kiosk-options"

#include "kiosk/kiosk-options.h"

#include <errno.h>

#include "kiosk/feed/feed-wire.h"

#define STATUS_USAGE     2
#define STATUS_COULD_NOT 3

// Without a screen nobody would see that a stranger's code was taken.
static gboolean
check_enrolment (const KioskOptions *options, GError **error)
{
  const char *wrong = NULL;
  if (options->core_words != NULL && !feed_words_are_valid (options->core_words))
    wrong = "--core-words: six words with dashes between, as tramxanh-trace enroll prints them";
  else if (options->core_words != NULL && !options->enroll)
    wrong = "--core-words: only with --enroll";
  else if (options->headless && options->enroll && options->core_words == NULL)
    wrong = "--headless --enroll: nobody could compare words; --core-words WORDS names the core, as"
            " tramxanh-trace enroll prints it";
  if (wrong == NULL)
    return TRUE;
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, wrong);
  return FALSE;
}

static gboolean
read_command_line (KioskOptions *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &options->config_path, "Configuration file", "FILE" },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &options->state_dir,
      "Folder of the journal and the keys", "DIR" },
    { "windowed", 0, 0, G_OPTION_ARG_NONE, &options->windowed,
      "A window instead of the full screen", NULL },
    { "headless", 0, 0, G_OPTION_ARG_NONE, &options->headless, "No screen at all", NULL },
    { "demo", 0, 0, G_OPTION_ARG_NONE, &options->demo, "Play the demo day", NULL },
    { "quit-after-demo", 0, 0, G_OPTION_ARG_NONE, &options->quit_after_demo,
      "End when the demo day is over", NULL },
    { "enroll", 0, 0, G_OPTION_ARG_NONE, &options->enroll,
      "First join a tracing core, by a code before the camera", NULL },
    { "again", 0, 0, G_OPTION_ARG_NONE, &options->again,
      "Leave the core that it belongs to, with --enroll", NULL },
    { "core-words", 0, 0, G_OPTION_ARG_STRING, &options->core_words,
      "The core to join, as it prints itself; nobody has to compare words then", "WORDS" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Say the version and end", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_set_summary (context,
                                "Trạm Xanh: the check-in kiosk at the entrance of a venue.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION, "what is '%s'?", (*argv)[1]);
    return FALSE;
  }
  return check_enrolment (options, error);
}

static void
fill_profile (KioskOptions *options)
{
  const struct ct_config *config = &options->config;
  guint n_patterns = 0;
  while (n_patterns < CT_CONFIG_PATTERNS_MAX &&
         config->venue_code_patterns[n_patterns][0] != '\0') {
    options->code_patterns[n_patterns] = config->venue_code_patterns[n_patterns];
    n_patterns++;
  }
  options->profile = (EntranceProfile){
    .venue_name = config->venue_name,
    .zone = config->venue_zone,
    .second_scan = config->venue_profile_second_scan == CT_SECOND_SCAN_CHECK_OUT
                       ? ENTRANCE_SECOND_SCAN_CHECK_OUT
                       : ENTRANCE_SECOND_SCAN_NOTICE,
    .cool_down_s = (guint) config->entrance_cool_down_s,
    .result_ms = (guint) config->entrance_result_ms,
    .longest_stay_h = (guint) config->entrance_longest_stay_h,
    .keep_details = config->venue_keep_details,
    .code_patterns = options->code_patterns,
  };
}

// A kiosk whose key is damaged goes on: its slips have no code, and old slips are not believed.
static void
open_pass_key (KioskOptions *options)
{
  g_autoptr (GError) error = NULL;
  options->pass_key = journal_pass_key_open (options->state_dir, &error);
  if (options->pass_key == NULL) {
    g_warning ("%s", error->message);
    return;
  }
  options->profile.pass_keys = journal_pass_key_get_public (options->pass_key);
  options->profile.n_pass_keys = 1;
}

void
kiosk_options_join (KioskOptions *options, const JournalMembership *membership)
{
  options->is_enrolled = TRUE;
  options->membership = *membership;
  // The core knows this entrance by the zone that it was enrolled for.
  if (options->membership.zone[0] != '\0')
    options->profile.zone = options->membership.zone;
}

// The journal refuses to open with a damaged one, and says so.
static void
read_membership (KioskOptions *options)
{
  g_autoptr (GError) error = NULL;
  JournalMembership membership;
  if (journal_membership_read (options->state_dir, &membership, &error))
    kiosk_options_join (options, &membership);
  else if (error != NULL)
    g_warning ("%s", error->message);
}

KioskOptions *
kiosk_options_new (int *argc, char ***argv, int *ret_status, GError **error)
{
  g_autoptr (KioskOptions) options = g_new0 (KioskOptions, 1);
  if (!read_command_line (options, argc, argv, error)) {
    *ret_status = STATUS_USAGE;
    return NULL;
  }
  if (!kiosk_config_read (options->config_path, &options->config, error)) {
    *ret_status = STATUS_COULD_NOT;
    return NULL;
  }
  fill_profile (options);
  if (options->state_dir == NULL && options->demo)
    options->state_dir = g_dir_make_tmp ("tramxanh-demo-XXXXXX", error);
  else if (options->state_dir == NULL)
    options->state_dir = g_build_filename (g_get_user_state_dir (), "tramxanh", NULL);
  if (options->state_dir != NULL && g_mkdir_with_parents (options->state_dir, 0700) != 0)
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "state folder %s: %s",
                 options->state_dir, g_strerror (errno));
  if (options->state_dir == NULL || (error != NULL && *error != NULL)) {
    *ret_status = STATUS_COULD_NOT;
    return NULL;
  }
  if (!options->version) {
    open_pass_key (options);
    read_membership (options);
  }
  return g_steal_pointer (&options);
}

void
kiosk_options_free (KioskOptions *options)
{
  g_free (options->core_words);
  g_free (options->config_path);
  g_free (options->state_dir);
  g_clear_pointer (&options->pass_key, journal_pass_key_free);
  g_free (options);
}
