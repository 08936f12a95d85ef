// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The engine has no clock and no memory beyond its window; both are here.

#define G_LOG_DOMAIN "entrance-presence"

#include "kiosk/entrance/entrance-presence.h"

#include <sodium.h>
#include <string.h>

#include "kiosk/core/ct-tag.h"
#include "kiosk/journal/journal-presence.h"

_Static_assert(crypto_shorthash_KEYBYTES == CT_PRESENCE_SECRET,
               "SipHash takes the engine's secret");

#define ASLEEP_MS 10000 // a tick so late: the machine slept, and nobody listened
#define DOUBT_MS  60000 // after a rest in a silence: until then it may prove to have been deaf

#define ROTATION_MS        900000
#define ROTATION_BEFORE_MS 30000
#define ROTATION_AFTER_MS  60000

struct _EntrancePresence {
  GObject parent_instance;

  EntranceSession *session;
  EntranceClock *clock;
  HwRadio *radio;
  EntranceReading *reading;
  EntrancePresenceOptions options; // with references of the arrays
  struct ct_tag_trails trails;
  gboolean met_spoof;
  gboolean has_warned; // of a radio that hears, and does not all that it should

  void *memory;
  struct ct_presence *engine;
  guint tick_id;
  JournalStamp window_start;
  JournalStamp ticked_at;
  gint64 ticked_us; // the same moment by the radio's clock
  gboolean is_cut;  // the kiosk was not there at the window's begin
  guint32 heard_ms;
  gint64 kept_at_ms; // boot time

  gboolean is_listening; // at counted_at
  JournalStamp counted_at;
  gboolean is_deaf;
  gboolean is_rest;   // and nothing else is the matter
  GArray *rests;      // of JournalSpan: over, and not recorded yet
  gboolean has_heard; // the radio worked once: a gap has a begin
  JournalStamp heard_at;
  JournalStamp reference_at; // when it was heard, or we began
  JournalStamp deaf_since;
};

G_DEFINE_FINAL_TYPE (EntrancePresence, entrance_presence, G_TYPE_OBJECT)

static gint64
boottime_ms (const JournalStamp *stamp)
{
  return stamp->boottime_ns / 1000000;
}

static uint64_t
hash (const uint8_t *bytes, size_t len, const uint8_t secret[CT_PRESENCE_SECRET])
{
  guint64 sum = 0;
  (void) crypto_shorthash ((unsigned char *) &sum, bytes, len, secret); // always 0
  return sum;
}

// Identifiers that somebody can look up: the rest is counted only.
static gboolean
is_kept (const struct ct_presence_window *window)
{
  enum ct_beacon_kind kind = window->beacon.kind;
  return window->beacon.id_len > 0 &&
         (window->is_enrolled || kind == CT_BEACON_BLUEZONE || kind == CT_BEACON_HERALD);
}

static gboolean
is_badge (EntrancePresence *self, const struct ct_beacon *beacon)
{
  const GArray *badges = self->options.badges;
  return ct_tags_find (&g_array_index (badges, struct ct_beacon, 0), badges->len, beacon) >= 0;
}

static void
on_change (void *user_data, enum ct_presence_change change, const struct ct_presence_window *beacon)
{
  static const char *const words[] = {
    [CT_PRESENCE_ENTERED] = "entered",
    [CT_PRESENCE_LEFT] = "left",
    [CT_PRESENCE_TAPPED] = "tapped",
  };
  EntrancePresence *self = user_data;
  g_debug ("%s: %s", ct_beacon_kind_to_string (beacon->beacon.kind), words[change]);
  if (change == CT_PRESENCE_TAPPED && beacon->is_enrolled)
    entrance_session_take_tag (self->session, &beacon->beacon, is_badge (self, &beacon->beacon));
  else if (change == CT_PRESENCE_TAPPED && is_kept (beacon))
    entrance_session_hold_phone (self->session, &beacon->beacon);
}

// The clock is read once in a tick; between two of them the radio's goes on.
static JournalStamp
stamp_at (EntrancePresence *self, gint64 at_us)
{
  JournalStamp stamp = self->ticked_at;
  gint64 late_us = CLAMP (at_us - self->ticked_us, 0, 10 * G_USEC_PER_SEC);
  stamp.boottime_ns += late_us * 1000;
  stamp.wall_ms += late_us / 1000;
  return stamp;
}

static gboolean
is_reference (EntrancePresence *self, const HwSighting *heard)
{
  struct ct_beacon beacon;
  return self->options.reference.kind != CT_BEACON_NONE &&
         ct_tags_read_advert (&self->options.reference, 1, heard->advert, &beacon) == 0;
}

// One sender that plays many tags is none of them.
static gboolean
is_believed (EntrancePresence *self, int tag, const HwSighting *heard)
{
  const GArray *tags = self->options.tags;
  gboolean is_itself = ct_tag_follow (&self->trails, tags->len, (gsize) tag, heard->address,
                                      boottime_ms (&self->heard_at));
  if (!is_itself && !self->met_spoof)
    g_message ("radio: one sender plays many tags");
  self->met_spoof |= !is_itself;
  return is_itself;
}

// Bluezone's identifiers change with the quarters of an hour, by each phone's own clock, and a
// phone is silent for 15 s of 30 s; others' change at any time.
static gboolean
is_rotation (const struct ct_beacon *beacon, const JournalStamp *stamp)
{
  gint64 phase_ms = (stamp->wall_ms + ROTATION_BEFORE_MS) % ROTATION_MS;
  return beacon->kind != CT_BEACON_BLUEZONE || stamp->quality == JOURNAL_CLOCK_UNSET ||
         phase_ms < ROTATION_BEFORE_MS + ROTATION_AFTER_MS;
}

static void
on_sighting (HwRadio *radio, const HwSighting *heard, EntrancePresence *self)
{
  struct ct_beacon beacon;
  self->heard_at = stamp_at (self, heard->at_us);
  self->has_heard = TRUE;
  if (is_reference (self, heard)) {
    self->reference_at = self->heard_at;
    return;
  }
  const GArray *tags = self->options.tags;
  int tag = ct_tags_read_advert (&g_array_index (tags, struct ct_beacon, 0), tags->len,
                                 heard->advert, &beacon); // of no kind that we know: counted
  if (tag >= 0 && !is_believed (self, tag, heard))
    return;
  entrance_reading_resolve (self->reading, heard, boottime_ms (&self->heard_at),
                            self->heard_at.wall_ms, &beacon);
  struct ct_sighting sighting = {
    .at_ms = boottime_ms (&self->heard_at),
    .address_is_random = heard->address_is_random,
    .rssi_dbm = heard->rssi_dbm,
    .beacon = &beacon,
    .is_enrolled = tag >= 0,
    .may_succeed = is_rotation (&beacon, &self->heard_at),
  };
  memcpy (sighting.address, heard->address, sizeof sighting.address);
  ct_presence_see (self->engine, &sighting, on_change, self);
}

typedef struct {
  EntrancePresence *self;
  JournalPresence *presence;
  gint64 start_ms; // boot time
} Closing;

static void
on_window (void *user_data, const struct ct_presence_window *window)
{
  Closing *closing = user_data;
  if (!is_kept (window))
    return;
  JournalBeacon beacon = {
    .beacon = window->beacon,
    .first_ms = (guint32) MAX (0, window->first_ms - closing->start_ms),
    .last_ms = (guint32) MAX (0, window->last_ms - closing->start_ms),
    .n_sightings = window->n_sightings,
    .rssi_max_dbm = window->rssi_max_dbm,
    .rssi_median_dbm = window->rssi_median_dbm,
    .zone = (guint8) window->zone,
    .is_staff = is_badge (closing->self, &window->beacon),
  };
  g_array_append_val (closing->presence->beacons, beacon);
}

// The window as it stands. (transfer full)
static JournalPresence *
make_window (EntrancePresence *self, const JournalStamp *end, gboolean is_cut)
{
  JournalPresence *presence = journal_presence_new ();
  struct ct_presence_counts counts;
  Closing closing = { self, presence, boottime_ms (&self->window_start) };
  ct_presence_list_window (self->engine, on_window, &closing, &counts);
  presence->stamp = *end;
  presence->start_wall_ms = self->window_start.wall_ms;
  presence->start_boottime_ns = self->window_start.boottime_ns;
  presence->start_quality = self->window_start.quality;
  presence->window_s = self->options.window_s;
  presence->is_cut = is_cut || self->is_cut;
  presence->heard_ms = MIN (self->heard_ms, self->options.window_s * 1000);
  presence->n_sightings = counts.n_sightings;
  presence->n_dropped = counts.n_dropped;
  memcpy (presence->n_present, counts.n_present, sizeof presence->n_present);
  memcpy (presence->n_arrived, counts.n_arrived, sizeof presence->n_arrived);
  return presence;
}

static void
record_window (EntrancePresence *self, const JournalStamp *end, gboolean is_cut)
{
  g_autoptr (JournalPresence) presence = make_window (self, end, is_cut);
  g_info ("window: %u kept, %u sightings", presence->beacons->len, presence->n_sightings);
  entrance_session_record_presence (self->session, presence);
}

static void
keep_window (EntrancePresence *self, const JournalStamp *now)
{
  g_autoptr (JournalPresence) presence = make_window (self, now, TRUE);
  self->kept_at_ms = boottime_ms (now);
  entrance_session_keep_presence (self->session, presence);
}

static void
open_window (EntrancePresence *self, const JournalStamp *now, gboolean is_cut)
{
  self->window_start = *now;
  self->is_cut = is_cut;
  self->heard_ms = 0;
  self->kept_at_ms = boottime_ms (now);
  ct_presence_open_window (self->engine, boottime_ms (now));
}

// Windows follow the wall clock; one that was set ends the window that it meets.
static gboolean
is_window_over (EntrancePresence *self, const JournalStamp *now)
{
  gint64 window_ms = (gint64) self->options.window_s * 1000;
  return now->wall_ms / window_ms != self->window_start.wall_ms / window_ms ||
         boottime_ms (now) - boottime_ms (&self->window_start) > window_ms;
}

static gboolean
has_lost_reference (EntrancePresence *self)
{
  return self->options.reference.kind != CT_BEACON_NONE &&
         boottime_ms (&self->ticked_at) - boottime_ms (&self->reference_at) >=
             ENTRANCE_PRESENCE_REFERENCE_MS;
}

static gboolean
can_hear (EntrancePresence *self)
{
  return hw_radio_get_state (self->radio) == HW_RADIO_HEARING && !has_lost_reference (self);
}

// Since the last time.
static void
count_heard (EntrancePresence *self, const JournalStamp *now)
{
  gint64 passed_ms = boottime_ms (now) - boottime_ms (&self->counted_at);
  if (self->is_listening && passed_ms < ASLEEP_MS)
    self->heard_ms += (guint32) passed_ms;
  else if (self->is_listening)
    entrance_session_record_gap (self->session, "radio", &self->counted_at);
  self->counted_at = *now;
}

// Since when it cannot hear: a radio that turned deaf, since it last heard.
static const JournalStamp *
find_deaf_since (EntrancePresence *self, const JournalStamp *now)
{
  HwRadioState state = hw_radio_get_state (self->radio);
  if (state == HW_RADIO_HEARING && has_lost_reference (self))
    return &self->reference_at;
  return state == HW_RADIO_DEAF && self->has_heard ? &self->heard_at : now;
}

// What was taken for a rest was a part of it.
static void
take_in_rests (EntrancePresence *self)
{
  while (self->rests->len > 0) {
    const JournalSpan *last = &g_array_index (self->rests, JournalSpan, self->rests->len - 1);
    if (last->to.boottime_ns < self->deaf_since.boottime_ns)
      return;
    if (last->from.boottime_ns < self->deaf_since.boottime_ns)
      self->deaf_since = last->from;
    g_array_set_size (self->rests, self->rests->len - 1);
  }
}

static void
turn_deaf (EntrancePresence *self, const JournalStamp *now)
{
  const JournalStamp *since = find_deaf_since (self, now);
  self->is_rest = can_hear (self) && (self->is_rest || !self->is_deaf);
  if (!self->is_deaf || since->boottime_ns < self->deaf_since.boottime_ns)
    self->deaf_since = *since;
  self->is_deaf = TRUE;
  if (!self->is_rest)
    take_in_rests (self);
}

static void
end_deafness (EntrancePresence *self, const JournalStamp *now)
{
  JournalSpan span = { self->deaf_since, *now };
  self->is_deaf = FALSE;
  if (self->is_rest)
    g_array_append_val (self->rests, span);
  else
    entrance_session_record_gap (self->session, "radio", &self->deaf_since);
}

static void
look_for_deafness (EntrancePresence *self, const JournalStamp *now)
{
  count_heard (self, now);
  self->is_listening = can_hear (self) && hw_radio_get_rest_us (self->radio) == 0;
  if (!self->is_listening && hw_radio_get_state (self->radio) != HW_RADIO_STARTING)
    turn_deaf (self, now);
  else if (self->is_deaf)
    end_deafness (self, now);
}

// Rests are short and may be many, so those of half a minute share a transaction.
static void
record_rests (EntrancePresence *self, const JournalStamp *now, gboolean is_end)
{
  guint n = 0;
  for (; n < self->rests->len; n++) {
    const JournalSpan *rest = &g_array_index (self->rests, JournalSpan, n);
    gboolean has_heard_since = self->heard_at.boottime_ns > rest->to.boottime_ns;
    if (!is_end && !has_heard_since && boottime_ms (now) - boottime_ms (&rest->to) < DOUBT_MS)
      break;
  }
  g_autoptr (GArray) settled = g_array_new (FALSE, FALSE, sizeof (JournalSpan));
  g_array_append_vals (settled, self->rests->data, n);
  g_array_remove_range (self->rests, 0, n);
  entrance_session_record_gaps (self->session, "radio", settled);
}

static void
show (EntrancePresence *self)
{
  gboolean is_starting = hw_radio_get_state (self->radio) == HW_RADIO_STARTING;
  entrance_session_set_near (
      self->session, can_hear (self) || is_starting ? ENTRANCE_RADIO_FINE : ENTRANCE_RADIO_TROUBLE,
      can_hear (self) ? ct_presence_count_people (self->engine) : 0);
}

static gboolean
on_tick (gpointer user_data)
{
  EntrancePresence *self = user_data;
  JournalStamp now;
  entrance_clock_read (self->clock, &now);
  self->tick_id =
      entrance_clock_add_timeout (self->clock, ENTRANCE_PRESENCE_TICK_MS, on_tick, self);
  self->ticked_at = now;
  self->ticked_us = g_get_monotonic_time ();
  look_for_deafness (self, &now);
  ct_presence_pass_time (self->engine, boottime_ms (&now), on_change, self);
  if (is_window_over (self, &now)) {
    record_rests (self, &now, FALSE);
    record_window (self, &now, FALSE);
    open_window (self, &now, FALSE);
  } else if (boottime_ms (&now) - self->kept_at_ms >= ENTRANCE_PRESENCE_KEEP_MS) {
    record_rests (self, &now, FALSE);
    keep_window (self, &now);
  }
  if (can_hear (self))
    entrance_reading_tick (self->reading, boottime_ms (&now), now.wall_ms,
                           ct_presence_count_people (self->engine));
  show (self);
  return G_SOURCE_REMOVE;
}

// Unless it was stopped.
static void
look_now (EntrancePresence *self)
{
  JournalStamp now;
  entrance_clock_read (self->clock, &now);
  if (self->tick_id != 0)
    look_for_deafness (self, &now);
}

// It rests already, and has heard something until now all the same.
static void
move_rest (EntrancePresence *self)
{
  JournalStamp now;
  entrance_clock_read (self->clock, &now);
  gint64 since_ms = MAX (boottime_ms (&self->deaf_since), boottime_ms (&self->window_start));
  self->heard_ms += (guint32) (boottime_ms (&now) - since_ms);
  self->deaf_since = now;
}

static void
on_radio_rests (HwRadio *radio, GParamSpec *pspec, EntrancePresence *self)
{
  if (self->tick_id != 0 && self->is_deaf && self->is_rest && hw_radio_get_rest_us (radio) != 0)
    move_rest (self);
  look_now (self);
}

// (nullable, transfer full) The problem, or else the manner, without the word that all begin with.
static char *
dup_remark (HwRadio *radio)
{
  g_autofree char *problem = hw_radio_dup_problem (radio);
  g_autofree char *manner = hw_radio_dup_manner (radio);
  const char *remark = problem != NULL ? problem : manner;
  if (remark != NULL && g_str_has_prefix (remark, "radio: "))
    remark += strlen ("radio: ");
  return g_strdup (remark);
}

static void
on_radio_problem (HwRadio *radio, GParamSpec *pspec, EntrancePresence *self)
{
  g_autofree char *problem = hw_radio_dup_problem (radio);
  if (problem == NULL || self->has_warned || hw_radio_get_state (radio) != HW_RADIO_HEARING)
    return;
  g_autofree char *remark = dup_remark (radio);
  g_warning ("radio: it hears, but %s", remark);
  self->has_warned = TRUE; // once is enough
}

static void
on_radio_state (HwRadio *radio, GParamSpec *pspec, EntrancePresence *self)
{
  const char *word = hw_radio_state_to_string (hw_radio_get_state (radio));
  g_autofree char *more = dup_remark (radio);
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_INFO, "TRAMXANH_RADIO", word, "MESSAGE",
                    "radio: %s%s%s", word, more != NULL ? ": " : "", more != NULL ? more : "");
  on_radio_problem (radio, pspec, self); // it may have been there before it could hear
  look_now (self);
  show (self);
}

void
entrance_presence_stop (EntrancePresence *self)
{
  g_return_if_fail (ENTRANCE_IS_PRESENCE (self));
  JournalStamp now;
  if (self->tick_id == 0)
    return;
  entrance_clock_cancel (self->clock, self->tick_id);
  self->tick_id = 0;
  entrance_clock_read (self->clock, &now);
  count_heard (self, &now);
  if (self->is_deaf)
    end_deafness (self, &now);
  record_rests (self, &now, TRUE);
  record_window (self, &now, TRUE);
}

static void
entrance_presence_finalize (GObject *object)
{
  EntrancePresence *self = ENTRANCE_PRESENCE (object);
  if (self->tick_id != 0)
    entrance_clock_cancel (self->clock, self->tick_id);
  g_free (self->memory);
  g_array_unref (self->options.tags);
  g_array_unref (self->options.badges);
  g_array_unref (self->rests);
  g_object_unref (self->reading);
  g_object_unref (self->radio);
  g_object_unref (self->clock);
  g_object_unref (self->session);
  G_OBJECT_CLASS (entrance_presence_parent_class)->finalize (object);
}

static void
entrance_presence_class_init (EntrancePresenceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = entrance_presence_finalize;
}

static void
entrance_presence_init (EntrancePresence *self)
{
  self->rests = g_array_new (FALSE, FALSE, sizeof (JournalSpan));
  self->memory = g_malloc (ct_presence_size (CT_PRESENCE_BEACONS));
}

static void
start_engine (EntrancePresence *self, int tap_dbm)
{
  struct ct_presence_options options = ct_presence_defaults;
  guint8 secret[CT_PRESENCE_SECRET];
  options.tap_dbm = (gint8) tap_dbm;
  randombytes_buf (secret, sizeof secret);
  self->engine = ct_presence_init (self->memory, CT_PRESENCE_BEACONS, &options, hash, secret);
  sodium_memzero (secret, sizeof secret);
}

EntrancePresence *
entrance_presence_new (EntranceSession *session,
                       EntranceClock *clock,
                       HwRadio *radio,
                       const EntrancePresenceOptions *options)
{
  EntrancePresence *self = g_object_new (ENTRANCE_TYPE_PRESENCE, NULL);
  JournalStamp now;
  self->session = g_object_ref (session);
  self->clock = g_object_ref (clock);
  self->radio = g_object_ref (radio);
  self->reading = entrance_reading_new (radio, options->reading);
  self->options = *options;
  self->options.tags = g_array_ref (options->tags);
  self->options.badges = g_array_ref (options->badges);
  start_engine (self, options->tap_dbm);
  g_signal_connect_object (radio, "sighting", G_CALLBACK (on_sighting), self, 0);
  g_signal_connect_object (radio, "notify::state", G_CALLBACK (on_radio_state), self, 0);
  g_signal_connect_object (radio, "notify::problem", G_CALLBACK (on_radio_problem), self, 0);
  g_signal_connect_object (radio, "notify::rest-us", G_CALLBACK (on_radio_rests), self, 0);
  entrance_clock_read (clock, &now);
  self->ticked_at = self->counted_at = self->reference_at = now;
  self->ticked_us = g_get_monotonic_time ();
  self->is_listening = can_hear (self) && hw_radio_get_rest_us (radio) == 0;
  open_window (self, &now, TRUE);
  self->tick_id = entrance_clock_add_timeout (clock, ENTRANCE_PRESENCE_TICK_MS, on_tick, self);
  show (self);
  return self;
}
