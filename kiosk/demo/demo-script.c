// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads the script of a demo day.

#define G_LOG_DOMAIN "demo-script"

#include "kiosk/demo/demo-script.h"

#include <string.h>

G_DEFINE_QUARK (demo - script - error - quark, demo_script_error)

static const struct {
  const char *word;
  DemoAction action;
} presses[] = {
  { "leaving", DEMO_ACTION_PRESS_LEAVING },
  { "no-code", DEMO_ACTION_PRESS_NO_CODE },
  { "back", DEMO_ACTION_PRESS_BACK },
};

static const struct {
  const char *word;
  DemoProp prop;
} props[] = {
  { "card", DEMO_PROP_CARD },
  { "phone", DEMO_PROP_PHONE },
  { "phone-dark", DEMO_PROP_PHONE_DARK },
  { "paper", DEMO_PROP_PAPER },
};

void
demo_step_free (DemoStep *step)
{
  g_clear_pointer (&step->payload, g_bytes_unref);
  g_free (step);
}

static GBytes *
read_payload (const char *text)
{
  GByteArray *bytes = g_byte_array_new ();
  for (const char *at = text; *at != '\0'; at++) {
    guint8 byte = (guint8) *at;
    if (*at == '\\' && at[1] == 'n') {
      byte = '\n';
      at++;
    } else if (*at == '\\' && at[1] == '\\') {
      at++;
    } else if (*at == '\\' && at[1] == 'x' && g_ascii_isxdigit (at[2]) &&
               g_ascii_isxdigit (at[3])) {
      byte = (guint8) (g_ascii_xdigit_value (at[2]) * 16 + g_ascii_xdigit_value (at[3]));
      at += 3;
    }
    g_byte_array_append (bytes, &byte, 1);
  }
  return g_byte_array_free_to_bytes (bytes);
}

static gboolean
read_action (DemoStep *step, const char *verb, const char *object, const char *rest)
{
  guint64 cover_s = 0;
  if (g_str_equal (verb, "press")) {
    for (gsize i = 0; i < G_N_ELEMENTS (presses); i++)
      if (g_str_equal (object, presses[i].word)) {
        step->action = presses[i].action;
        return TRUE;
      }
  } else if (g_str_equal (verb, "cover") &&
             g_ascii_string_to_unsigned (object, 10, 1, 60, &cover_s, NULL)) {
    step->action = DEMO_ACTION_COVER;
    step->cover_s = (guint) cover_s;
    return TRUE;
  } else if (g_str_equal (verb, "enrol") && g_str_equal (object, "core")) {
    step->action = DEMO_ACTION_ENROL;
    step->prop = DEMO_PROP_PAPER;
    return TRUE;
  } else if (g_str_equal (verb, "show") && rest != NULL) {
    for (gsize i = 0; i < G_N_ELEMENTS (props); i++)
      if (g_str_equal (object, props[i].word)) {
        step->action = DEMO_ACTION_SHOW;
        step->prop = props[i].prop;
        step->payload = read_payload (rest);
        return TRUE;
      }
  }
  return FALSE;
}

static gboolean
read_time (const char *word, guint *ret_minute)
{
  guint64 hour = 0;
  guint64 minute = 0;
  g_auto (GStrv) parts = g_strsplit (word, ":", 2);
  if (g_strv_length (parts) != 2 ||
      !g_ascii_string_to_unsigned (parts[0], 10, 0, 23, &hour, NULL) ||
      !g_ascii_string_to_unsigned (parts[1], 10, 0, 59, &minute, NULL))
    return FALSE;
  *ret_minute = (guint) (hour * 60 + minute);
  return TRUE;
}

GPtrArray *
demo_script_read (const char *text, GError **error)
{
  g_autoptr (GPtrArray) steps = g_ptr_array_new_with_free_func ((GDestroyNotify) demo_step_free);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_strchomp (lines[i]);
    if (lines[i][0] == '\0' || lines[i][0] == '#')
      continue;
    g_auto (GStrv) words = g_strsplit (lines[i], " ", 4);
    DemoStep *step = g_new0 (DemoStep, 1);
    g_ptr_array_add (steps, step);
    if (g_strv_length (words) < 3 || !read_time (words[0], &step->minute) ||
        !read_action (step, words[1], words[2], words[3])) {
      g_set_error (error, DEMO_SCRIPT_ERROR, DEMO_SCRIPT_ERROR_SYNTAX,
                   "demo script, line %u: not a step", i + 1);
      return NULL;
    }
  }
  return g_steal_pointer (&steps);
}
