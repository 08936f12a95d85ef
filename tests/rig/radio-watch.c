// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// radio-watch [all]: prints the radio's states, and each second what it heard, until it is killed.
// The air is a test's: here addresses may be shown.

#include <stdio.h>

#include "hw/hw-radio-bluez.h"

static void
on_state (HwRadio *radio, GParamSpec *pspec, gpointer unused)
{
  g_autofree char *problem = hw_radio_dup_problem (radio);
  (void) printf ("state: %s%s%s\n", hw_radio_state_to_string (hw_radio_get_state (radio)),
                 problem != NULL ? ": " : "", problem != NULL ? problem : "");
}

static void
on_sighting (HwRadio *radio, const HwSighting *sighting, GHashTable *counts)
{
  g_autofree char *who = g_strdup_printf (
      "%02X:%02X %s %d s%zu m%zu d%zu", sighting->address[4], sighting->address[5],
      sighting->address_is_random ? "random" : "public", sighting->rssi_dbm,
      sighting->advert->n_services, sighting->advert->n_makers, sighting->advert->n_service_data);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, who));
  g_hash_table_insert (counts, g_steal_pointer (&who), GUINT_TO_POINTER (n + 1));
}

static gboolean
on_second (gpointer user_data)
{
  GHashTableIter iter;
  gpointer who = NULL, n = NULL;
  guint n_all = 0;
  g_hash_table_iter_init (&iter, user_data);
  while (g_hash_table_iter_next (&iter, &who, &n)) {
    n_all += GPOINTER_TO_UINT (n);
    if (g_hash_table_size (user_data) <= 20)
      (void) printf ("heard %s x%u\n", (char *) who, GPOINTER_TO_UINT (n));
  }
  (void) printf ("second: %u\n", n_all);
  g_hash_table_remove_all (user_data);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  (void) setvbuf (stdout, NULL, _IOLBF, 0); // somebody reads along
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (HwRadioBluez) radio = hw_radio_bluez_new ("", argc > 1);
  g_signal_connect (radio, "notify::problem", G_CALLBACK (on_state), NULL);
  g_signal_connect (radio, "notify::state", G_CALLBACK (on_state), NULL);
  g_signal_connect (radio, "sighting", G_CALLBACK (on_sighting), counts);
  (void) g_timeout_add_seconds (1, on_second, counts);
  g_main_loop_run (loop);
  return 0;
}
