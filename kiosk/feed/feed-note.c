// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A key file of four numbers.

#define G_LOG_DOMAIN "feed-note"

#include "kiosk/feed/feed-note.h"

#define GROUP "feed"

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

gboolean
feed_note_write_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
feed_note_write_async (const char *state_dir,
                       const FeedState *state,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr (GKeyFile) note = g_key_file_new ();
  g_autofree char *path = g_build_filename (state_dir, FEED_NOTE_NAME, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  gsize len = 0;
  g_key_file_set_integer (note, GROUP, "link", (int) state->link);
  g_key_file_set_integer (note, GROUP, "reason", (int) state->reason);
  g_key_file_set_int64 (note, GROUP, "offline-since-ms", state->offline_since_ms);
  g_key_file_set_boolean (note, GROUP, "clocks-differ", state->clocks_differ);
  char *text = g_key_file_to_data (note, &len, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, len);
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE,
                                       G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                                       NULL, on_written, task);
}

gboolean
feed_note_read (const char *state_dir, FeedState *ret_state)
{
  g_autoptr (GKeyFile) note = g_key_file_new ();
  g_autofree char *path = g_build_filename (state_dir, FEED_NOTE_NAME, NULL);
  if (!g_key_file_load_from_file (note, path, G_KEY_FILE_NONE, NULL))
    return FALSE;
  int link = g_key_file_get_integer (note, GROUP, "link", NULL); // 0 when there is none
  int reason = g_key_file_get_integer (note, GROUP, "reason", NULL);
  if (link <= FEED_LINK_UNKNOWN || link > FEED_LINK_STOPPED || reason < FEED_OUTCOME_DONE ||
      reason > FEED_OUTCOME_WRONG)
    return FALSE;
  *ret_state = (FeedState){ .link = (FeedLink) link, .reason = (FeedOutcome) reason };
  ret_state->offline_since_ms = g_key_file_get_int64 (note, GROUP, "offline-since-ms", NULL);
  ret_state->clocks_differ = g_key_file_get_boolean (note, GROUP, "clocks-differ", NULL);
  return TRUE;
}
