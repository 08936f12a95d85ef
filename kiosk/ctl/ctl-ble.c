// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The same radio and the same engine as the kiosk's, beside it: bluetoothd serves both. Identifiers
// are masked, and addresses are not shown.

#include "kiosk/ctl/ctl-ble.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kiosk/core/ct-btsnoop.h"
#include "kiosk/core/ct-presence.h"
#include "kiosk/core/ct-tag.h"
#include "kiosk/ctl/ctl-call.h"
#include "kiosk/kiosk-radio.h"

#define ROWS_MAX    30
#define BEACONS_MAX 5000
#define HELD_MS     3000
#define MARGIN_DB   6

typedef struct {
  GMainLoop *loop;
  HwRadio *radio;
  GArray *tags; // of struct ct_beacon
  void *memory;
  struct ct_presence *engine;
  gboolean calibrates;
  guint seconds_left;
  guint window_s;
  gint64 window_us;
  int held_dbm; // the strongest so far; INT8_MIN: none
  FILE *log;    // (nullable)
  gint64 log_us;
  guint64 began_us; // the same, since 1970
  gboolean is_btsnoop;
  guint8 secret[CT_PRESENCE_SECRET];
} Watch;

static gint64
now_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

static uint64_t
hash (const uint8_t *bytes, size_t len, const uint8_t secret[CT_PRESENCE_SECRET])
{
  guint64 sum = 0;
  (void) crypto_shorthash ((unsigned char *) &sum, bytes, len, secret); // always 0
  return sum;
}

// Addresses are replaced: one stays one for this log, and nobody finds it again.
static void
log_sighting (Watch *watch, const HwSighting *heard)
{
  struct ct_logged logged = { .at_ms = (heard->at_us - watch->log_us) / 1000,
                              .address_is_random = heard->address_is_random,
                              .rssi_dbm = heard->rssi_dbm };
  uint8_t bytes[MAX (CT_RADIO_LOG_LINE_MAX, CT_BTSNOOP_RECORD_MAX)];
  guint64 hidden = hash (heard->address, sizeof heard->address, watch->secret);
  memcpy (logged.address, &hidden, sizeof logged.address);
  logged.len = ct_advert_write (heard->advert, logged.structures, sizeof logged.structures);
  gsize len = watch->is_btsnoop ? ct_btsnoop_write (&logged, watch->began_us, bytes)
                                : ct_radio_log_write (&logged, (char *) bytes);
  if (fwrite (bytes, 1, len, watch->log) != len)
    g_main_loop_quit (watch->loop); // the disk is full, perhaps: told at the end
}

static void
on_sighting (HwRadio *radio, const HwSighting *heard, Watch *watch)
{
  struct ct_beacon beacon;
  int tag = ct_tags_read_advert (&g_array_index (watch->tags, struct ct_beacon, 0),
                                 watch->tags->len, heard->advert,
                                 &beacon); // of no kind that we know: shown as "none"
  struct ct_sighting sighting = {
    .at_ms = heard->at_us / 1000,
    .address_is_random = heard->address_is_random,
    .rssi_dbm = heard->rssi_dbm,
    .beacon = &beacon,
    .is_enrolled = tag >= 0,
  };
  memcpy (sighting.address, heard->address, sizeof sighting.address);
  ct_presence_see (watch->engine, &sighting, NULL, NULL);
  if (watch->log != NULL)
    log_sighting (watch, heard);
}

static void
append (void *user_data, const struct ct_presence_window *window)
{
  g_array_append_val ((GArray *) user_data, *window);
}

static int
compare_level (gconstpointer a, gconstpointer b)
{
  return ((const struct ct_presence_window *) b)->level_dbm -
         ((const struct ct_presence_window *) a)->level_dbm;
}

static void
print_row (const struct ct_presence_window *window)
{
  static const char *const zones[] = { "far", "near", "at the kiosk" };
  g_autofree char *id = window->beacon.id_len > 0
                            ? g_strdup_printf ("%02x…%02x", window->beacon.id[0],
                                               window->beacon.id[window->beacon.id_len - 1])
                            : g_strdup ("-");
  (void) printf ("%-14s %-7s %4d dBm  max %4d  x%-5u %-8s %s%s\n",
                 ct_beacon_kind_to_string (window->beacon.kind), id, window->level_dbm,
                 window->rssi_max_dbm, window->n_sightings, window->is_present ? "present" : "",
                 zones[window->zone], window->is_enrolled ? "  enrolled" : "");
}

static void
print_table (Watch *watch)
{
  g_autoptr (GArray) beacons = g_array_new (FALSE, FALSE, sizeof (struct ct_presence_window));
  ct_presence_list_all (watch->engine, append, beacons);
  g_array_sort (beacons, compare_level);
  (void) printf ("\n%s, %u heard, %u people near, window of %u s\n",
                 hw_radio_state_to_string (hw_radio_get_state (watch->radio)), beacons->len,
                 ct_presence_count_people (watch->engine), watch->window_s);
  for (guint i = 0; i < MIN (beacons->len, ROWS_MAX); i++)
    print_row (&g_array_index (beacons, struct ct_presence_window, i));
}

typedef struct {
  gint64 since_ms;
  struct ct_presence_window tag; // the strongest that is enrolled; last_ms 0: none
  int other_dbm;
} Held;

static void
look_who_is_held (void *user_data, const struct ct_presence_window *window)
{
  Held *held = user_data;
  if (window->last_ms < held->since_ms)
    return;
  if (!window->is_enrolled)
    held->other_dbm = MAX (held->other_dbm, window->level_dbm);
  else if (held->tag.last_ms == 0 || window->level_dbm > held->tag.level_dbm)
    held->tag = *window;
}

// Somebody else's phone may be nearer than the tag.
static void
print_strongest (Watch *watch)
{
  Held held = { .since_ms = now_ms () - HELD_MS, .other_dbm = INT8_MIN };
  ct_presence_list_all (watch->engine, look_who_is_held, &held);
  if (held.tag.last_ms != 0) {
    watch->held_dbm = MAX (watch->held_dbm, held.tag.level_dbm);
    (void) printf ("hold the tag at the kiosk: %4d dBm (%s), strongest so far %4d dBm",
                   held.tag.level_dbm, ct_beacon_kind_to_string (held.tag.beacon.kind),
                   watch->held_dbm);
  } else {
    (void) printf ("hold the tag at the kiosk: it is not heard");
  }
  if (watch->held_dbm > INT8_MIN && watch->held_dbm - MARGIN_DB < CT_CONFIG_TAP_DBM_MIN)
    (void) printf (", too weak: hold it nearer");
  if (held.other_dbm > INT8_MIN)
    (void) printf ("; others, up to %d dBm, do not count", held.other_dbm);
  (void) putchar ('\n');
}

static gboolean
on_second (gpointer user_data)
{
  Watch *watch = user_data;
  ct_presence_pass_time (watch->engine, now_ms (), NULL, NULL);
  if (watch->log != NULL)
    (void) printf ("%u people near\n", ct_presence_count_people (watch->engine));
  else if (watch->calibrates)
    print_strongest (watch);
  else
    print_table (watch);
  if (g_get_monotonic_time () - watch->window_us >= (gint64) watch->window_s * G_USEC_PER_SEC) {
    watch->window_us = g_get_monotonic_time ();
    ct_presence_open_window (watch->engine, now_ms ());
  }
  if (watch->seconds_left > 0 && --watch->seconds_left == 0) {
    g_main_loop_quit (watch->loop);
    return G_SOURCE_REMOVE;
  }
  return G_SOURCE_CONTINUE;
}

static void
run (Watch *watch)
{
  randombytes_buf (watch->secret, sizeof watch->secret);
  watch->memory = g_malloc (ct_presence_size (BEACONS_MAX));
  watch->engine =
      ct_presence_init (watch->memory, BEACONS_MAX, &ct_presence_defaults, hash, watch->secret);
  watch->window_us = g_get_monotonic_time ();
  ct_presence_open_window (watch->engine, now_ms ());
  g_signal_connect (watch->radio, "sighting", G_CALLBACK (on_sighting), watch);
  guint second_id = g_timeout_add_seconds (1, on_second, watch);
  g_main_loop_run (watch->loop);
  if (watch->seconds_left > 0)
    g_source_remove (second_id);
  g_free (watch->memory);
}

// A log holds identifiers, also one that was there before: nobody else may read it. What is no file
// is left as it is.
static gboolean
empty_log (int fd)
{
  struct stat status;
  if (fstat (fd, &status) < 0)
    return FALSE;
  if (!S_ISREG (status.st_mode))
    return TRUE;
  if (status.st_uid != geteuid ()) {
    errno = EPERM; // its owner could read it all the same
    return FALSE;
  }
  return fchmod (fd, 0600) == 0 && ftruncate (fd, 0) == 0;
}

static gboolean
open_log (Watch *watch, const char *path)
{
  uint8_t header[CT_BTSNOOP_RECORD_MAX];
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return FALSE;
  if (!empty_log (fd)) {
    int why = errno;
    (void) close (fd); // nothing was written
    errno = why;
    return FALSE;
  }
  watch->log = fdopen (fd, "w");
  watch->log_us = g_get_monotonic_time ();
  watch->began_us = (guint64) g_get_real_time ();
  watch->is_btsnoop = g_str_has_suffix (path, ".btsnoop");
  gsize len = watch->is_btsnoop ? ct_btsnoop_write_header (header) : 0;
  return watch->log != NULL && fwrite (header, 1, len, watch->log) == len;
}

// As if only it were enrolled.
static gboolean
use_tag (struct ct_config *config, const char *tag)
{
  struct ct_beacon tags[CT_TAGS_MAX];
  if (strlen (tag) >= sizeof config->radio_tags || ct_tags_read (ct_span_of (tag), tags) != 1)
    return FALSE;
  (void) g_strlcpy (config->radio_tags, tag, sizeof config->radio_tags);
  return TRUE;
}

static int
propose (const CtlCall *call, int tap_dbm)
{
  if (tap_dbm < CT_CONFIG_TAP_DBM_MIN)
    return ctl_call_fail (call, CTL_NO,
                          "too weak: a tap threshold of %d dBm would take tags in the next room, "
                          "too; hold it nearer, move the adapter, or raise the tag's transmit "
                          "power",
                          tap_dbm);
  (void) printf ("a tap threshold of %d dBm would take this tag\n",
                 MIN (tap_dbm, CT_CONFIG_TAP_DBM_MAX));
  return 0;
}

int
ctl_ble (int argc, char **argv)
{
  CtlCall call;
  gboolean watches = FALSE, calibrates = FALSE;
  int for_s = 0;
  g_autofree char *log_path = NULL, *tag = NULL;
  const GOptionEntry entries[] = {
    { "watch", 0, 0, G_OPTION_ARG_NONE, &watches, "A table each second", NULL },
    { "calibrate", 0, 0, G_OPTION_ARG_NONE, &calibrates,
      "How strong an enrolled tag at the kiosk is", NULL },
    { "record", 0, 0, G_OPTION_ARG_FILENAME, &log_path,
      "Write what is heard, to be played again, as text or FILE.btsnoop", "FILE" },
    { "tag", 0, 0, G_OPTION_ARG_STRING, &tag, "Calibrate by this one, instead of radio.tags",
      "TAG" },
    { "for-s", 0, 0, G_OPTION_ARG_INT, &for_s, "End after so many seconds", "N" },
    { NULL },
  };
  int status = ctl_call_read (&call, "- what the radio hears", entries, 0, 0, argc, argv);
  if (status != 0)
    return status;
  if (watches + calibrates + (log_path != NULL) != 1 || for_s < 0)
    return ctl_call_fail (&call, CTL_USAGE, "one of --watch, --calibrate, --record is wanted");
  if (tag != NULL && !use_tag (&call.config, tag))
    return ctl_call_fail (&call, CTL_USAGE, "--tag: not a tag as radio.tags has it");
  g_autoptr (GArray) tags = kiosk_radio_read_tags (&call.config);
  if (calibrates && tags->len == 0)
    return ctl_call_fail (&call, CTL_USAGE, "no tag is enrolled: set radio.tags, or name --tag");
  (void) setvbuf (stdout, NULL, _IOLBF, 0); // somebody looks on
  g_autoptr (HwRadio) radio = kiosk_radio_new (&call.config);
  if (radio == NULL)
    return ctl_call_fail (&call, CTL_NO, "no radio is configured: set radio.source");
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Watch watch = { .loop = loop,
                  .radio = radio,
                  .tags = tags,
                  .calibrates = calibrates,
                  .seconds_left = (guint) for_s,
                  .window_s = (guint) call.config.radio_window_s,
                  .held_dbm = INT8_MIN };
  if (log_path != NULL && !open_log (&watch, log_path))
    return ctl_call_fail (&call, CTL_COULD_NOT, "%s: %s", log_path, g_strerror (errno));
  run (&watch);
  g_signal_handlers_disconnect_by_data (radio, &watch);
  if (watch.log != NULL && (ferror (watch.log) | fclose (watch.log)) != 0)
    return ctl_call_fail (&call, CTL_COULD_NOT, "%s: could not be written", log_path);
  if (calibrates && watch.held_dbm == INT8_MIN)
    return ctl_call_fail (&call, CTL_NO, "the tag was not heard");
  if (calibrates)
    return propose (&call, watch.held_dbm - MARGIN_DB);
  if (hw_radio_get_heard_us (radio) != 0)
    return 0;
  g_autofree char *problem = hw_radio_dup_problem (radio);
  return ctl_call_fail (&call, CTL_NO, "%s", problem != NULL ? problem : "nothing was heard");
}
