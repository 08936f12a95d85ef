// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The air's far end: a controller on /dev/vhci (Bluetooth Core 5.4, volume 4, part E) that hears
// what the test says is on the air. It scans in the extended or in the older way, drops duplicates
// when it is told to, as strict controllers do, and can be deaf while it says that it scans.

#include "tests/rig/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define VHCI          "/dev/vhci"
#define COMMAND       0x01
#define EVENT         0x04
#define VENDOR        0xff
#define DATA_MAX      229    // of one report in one event
#define HANDLE        0x0040 // of the one connection
#define DATA          0x02
#define CID_ATT       4
#define ID_LEN        12
#define IDLE_MS       1000
#define EVENTS_A_TURN 64

typedef struct {
  guint8 address[6]; // least significant first, as on the wire
  guint8 type;       // 0 public, 1 random
  int rssi_dbm;
  guint jitter_db;
  guint period_us;
  guint on_ms; // of on + off
  guint off_ms;
  gboolean is_flood; // another address each time
  guint from_ms;     // since the air was filled
  guint to_ms;       // 0: for ever
  guint8 data[DATA_MAX];
  guint8 len;
  gint64 due_us;
  gboolean was_reported; // in this scan
} Beacon;

typedef struct {
  GMutex lock; // of what the main thread sets
  GArray *beacons;
  gint64 filled_us;
  gboolean is_deaf;
  gboolean is_stuck; // deaf until it is reset
  gboolean is_legacy;
  gboolean is_stopping;
  gboolean is_blocked;   // no answer to commands
  guint8 sent[DATA_MAX]; // what is to be advertised,
  guint8 sent_len;
  gboolean sends;          // and whether it is
  gboolean is_connectable; // by who hears it
  gboolean phones_hang;    // they answer no request,
  gboolean phones_drop;    // end the connection at the first one,
  gboolean phones_lie;     // or have a value of another length
  gboolean is_connected;
  guint8 peer[6];
  GString *connected; // whom, so far
  // the worker's own
  int fd;
  GThread *thread;
  gboolean scans;
  gboolean asks; // actively
  gboolean drops_duplicates;
  GRand *random;
  guint n_scans;
  guint n_aired;    // advertisements, since the air was filled,
  guint n_reported; // and of those
  gint64 off_us;    // for so long it did not scan, but for
  gint64 off_since_us;
} Radio;

static Radio radio = { .fd = -1 }; // the guest is one program with one radio

static void
send_packet (const guint8 *packet, gsize len)
{
  if (write (radio.fd, packet, len) == (ssize_t) len)
    return;
  if (errno == ENXIO) // it was switched off, by rfkill perhaps, without a word
    radio.scans = FALSE;
  else
    guest_tell ("event broken radio: %s", g_strerror (errno));
}

static void
complete (guint16 opcode, const guint8 *reply, guint8 len)
{
  guint8 packet[7 + 80] = {
    EVENT, 0x0e, (guint8) (4 + len), 1, (guint8) opcode, (guint8) (opcode >> 8), 0
  };
  if (len > 0)
    memcpy (packet + 7, reply, len);
  send_packet (packet, 7u + len);
}

static void
start_scan (gboolean scans, gboolean drops_duplicates)
{
  if (scans && !radio.scans)
    radio.n_scans++;
  gint64 now_us = g_get_monotonic_time ();
  if (scans && !radio.scans)
    radio.off_us += now_us - radio.off_since_us;
  else if (!scans && radio.scans)
    radio.off_since_us = now_us;
  radio.scans = scans;
  radio.drops_duplicates = drops_duplicates;
  for (guint i = 0; i < radio.beacons->len; i++)
    g_array_index (radio.beacons, Beacon, i).was_reported = FALSE;
}

// What a controller for Low Energy only says of itself, in answer to these; to all others "done".
static gboolean
answer_question (guint16 opcode)
{
  guint8 reply[64] = { 0 };
  switch (opcode) {
  case 0x1001: // version: 5.0
    reply[0] = reply[3] = 9;
    complete (opcode, reply, 8);
    return TRUE;
  case 0x1002: // commands
    reply[5] = 0xc0;
    reply[25] = 0xf7;
    reply[26] = 0xff;
    reply[27] = 0x0f;
    reply[37] = radio.is_legacy ? 0 : 0x60; // extended scanning
    complete (opcode, reply, 64);
    return TRUE;
  case 0x1003: // features: no BR/EDR, LE
    reply[4] = 0x60;
    complete (opcode, reply, 8);
    return TRUE;
  case 0x1009: // address
    memcpy (reply, "\x42\x00\x00\x01\xaa\x00", 6);
    complete (opcode, reply, 6);
    return TRUE;
  case 0x2002: // buffers
    reply[0] = 251;
    reply[2] = 8;
    complete (opcode, reply, 3);
    return TRUE;
  case 0x2003: // LE features: extended advertising
    reply[1] = radio.is_legacy ? 0 : 0x10;
    complete (opcode, reply, 8);
    return TRUE;
  case 0x2036: // parameters of a set: power
    complete (opcode, reply, 1);
    return TRUE;
  case 0x203a: // data of a set, at most
    reply[0] = DATA_MAX;
    complete (opcode, reply, 2);
    return TRUE;
  case 0x203b: // sets
    reply[0] = 4;
    complete (opcode, reply, 1);
    return TRUE;
  case 0x201c: // states
    complete (opcode, reply, 8);
    return TRUE;
  case 0x2007: // power
  case 0x200f: // accept list
  case 0x202a: // resolving list
    reply[0] = 8;
    complete (opcode, reply, 1);
    return TRUE;
  case 0x2018: // random number
    complete (opcode, reply, 8);
    return TRUE;
  default:
    return FALSE;
  }
}

// The host's own advertisement. @at: the parameters.
static void
take_advertising (guint16 opcode, const guint8 *at, gsize len)
{
  if (opcode == 0x0c03 || opcode == 0x203d) { // reset, no set any more
    radio.sends = FALSE;
  } else if (opcode == 0x2006 && len >= 5) { // how: 0 connectable, 2 scannable, 3 neither
    radio.is_connectable = at[4] == 0;
  } else if (opcode == 0x2036 && len >= 3) {
    radio.is_connectable = (at[1] & 1) != 0;
  } else if (opcode == 0x2008 && len >= 1 && at[0] <= len - 1) {
    memcpy (radio.sent, at + 1, radio.sent_len = at[0]);
  } else if (opcode == 0x2037 && len >= 4 && at[3] <= len - 4 && at[3] <= DATA_MAX) {
    memcpy (radio.sent, at + 4, radio.sent_len = at[3]);
  } else if ((opcode == 0x200a || opcode == 0x2039) && len >= 1) {
    radio.sends = at[0] != 0;
  }
}

// The command is under way; what came of it is an event.
static void
begin (guint16 opcode)
{
  const guint8 packet[] = { EVENT, 0x0f, 4, 0, 1, (guint8) opcode, (guint8) (opcode >> 8) };
  send_packet (packet, sizeof packet);
}

static void
end_connection (void)
{
  static const guint8 packet[] = { EVENT, 0x05, 4, 0, HANDLE, 0, 0x13 };
  radio.is_connected = FALSE;
  send_packet (packet, sizeof packet);
}

// @status 0: there is one; 2: cancelled.
static void
tell_connection (guint8 status, guint8 type, const guint8 address[6])
{
  guint8 packet[22] = { EVENT, 0x3e, 19, 0x01, status, HANDLE, 0, 0, type };
  memcpy (packet + 9, address, 6);
  packet[15] = 0x18; // interval
  packet[19] = 0xf4; // timeout
  packet[20] = 0x01;
  radio.is_connected = status == 0;
  send_packet (packet, sizeof packet);
}

static void
connect_to (guint8 type, const guint8 address[6])
{
  if (radio.connected == NULL)
    radio.connected = g_string_new (NULL);
  for (guint i = 0; i < radio.beacons->len; i++) {
    const Beacon *beacon = &g_array_index (radio.beacons, Beacon, i);
    if (memcmp (beacon->address, address, 6) != 0)
      continue;
    g_string_append_printf (radio.connected, " %02x", address[0]);
    memcpy (radio.peer, address, 6);
    tell_connection (0, type, address);
    return;
  } // else it is tried until it is cancelled
}

// Commands about connections; FALSE: it is another one. @at: the parameters.
static gboolean
obey_for_connection (guint16 opcode, const guint8 *at, gsize len)
{
  static const guint8 features[] = { EVENT, 0x3e, 12, 0x04, 0, HANDLE, 0, 0 };
  static const guint8 version[] = { EVENT, 0x0c, 8, 0, HANDLE, 0, 9, 0, 0, 0, 0 };
  static const guint8 nobody[6];
  guint8 packet[15] = { 0 };
  switch (opcode) {
  case 0x200d: // create
    begin (opcode);
    if (len >= 12)
      connect_to (at[5], at + 6);
    return TRUE;
  case 0x200e: // create no more
    complete (opcode, NULL, 0);
    tell_connection (0x02, 0, nobody);
    return TRUE;
  case 0x0406: // disconnect
    begin (opcode);
    if (radio.is_connected)
      end_connection ();
    return TRUE;
  case 0x2016: // its features
    begin (opcode);
    memcpy (packet, features, sizeof features);
    send_packet (packet, sizeof packet);
    return TRUE;
  case 0x041d: // its version
    begin (opcode);
    send_packet (version, sizeof version);
    return TRUE;
  default:
    return FALSE;
  }
}

// A request to the phone: its identifier is its address, twice.
static void
take_data (const guint8 *packet, gsize len)
{
  static const guint8 taken[] = { EVENT, 0x13, 5, 1, HANDLE, 0, 1, 0 };
  guint8 value[ID_LEN], out[9 + GUEST_PHONE_ANSWER_MAX] = { DATA, HANDLE, 0x20 };
  if (len < 10 || !radio.is_connected)
    return;
  send_packet (taken, sizeof taken);
  if (packet[7] != CID_ATT || radio.phones_hang)
    return;
  if (radio.phones_drop) {
    end_connection ();
    return;
  }
  for (guint i = 0; i < ID_LEN; i++)
    value[i] = radio.peer[5 - i % 6];
  gsize n = guest_phone_answer (packet + 9, len - 9, value, radio.phones_lie ? 5 : ID_LEN, out + 9);
  if (n == 0)
    return;
  out[2] = 0x00;
  out[3] = (guint8) (n + 4);
  out[5] = (guint8) n;
  out[7] = CID_ATT;
  send_packet (out, 9 + n);
}

static void
obey_command (const guint8 *packet, gsize len)
{
  guint16 opcode = (guint16) (packet[1] | packet[2] << 8);
  if (len < 4 || radio.is_blocked)
    return;
  radio.is_stuck = radio.is_stuck && opcode != 0x0c03;
  take_advertising (opcode, packet + 4, len - 4);
  if (opcode == 0x0c03) // reset
    start_scan (FALSE, FALSE);
  else if (opcode == 0x200b && len >= 5) // how to scan
    radio.asks = packet[4] != 0;
  else if (opcode == 0x2041 && len >= 8) // address type, policy, PHYs, type
    radio.asks = packet[7] != 0;
  else if ((opcode == 0x200c || opcode == 0x2042) && len >= 6) // scan, extended scan
    start_scan (packet[4] != 0, packet[5] != 0);
  if (!obey_for_connection (opcode, packet + 4, len - 4) && !answer_question (opcode))
    complete (opcode, NULL, 0);
}

// @is_answer: the empty response to our scan request, which ends the advertisement for the kernel.
static void
report (const Beacon *beacon, const guint8 address[6], gboolean is_answer)
{
  int spread = (int) beacon->jitter_db;
  int rssi_dbm =
      beacon->rssi_dbm + (spread > 0 ? g_rand_int_range (radio.random, -spread, spread + 1) : 0);
  guint8 packet[3 + 26 + DATA_MAX] = { EVENT, 0x3e };
  guint8 *at = packet + 3;
  *at++ = radio.is_legacy ? 0x02 : 0x0d;
  *at++ = 1;
  // Connectable and scannable, in the older form; or the answer to that.
  *at++ = is_answer ? (radio.is_legacy ? 0x04 : 0x1b) : (radio.is_legacy ? 0x00 : 0x13);
  if (!radio.is_legacy)
    *at++ = 0;
  *at++ = beacon->type;
  memcpy (at, address, 6);
  at += 6;
  if (!radio.is_legacy) {
    static const guint8 phy_sid_power[] = { 1, 0, 0xff, 0x7f };
    memcpy (at, phy_sid_power, sizeof phy_sid_power);
    at += sizeof phy_sid_power;
    *at++ = (guint8) rssi_dbm;
    memset (at, 0, 9); // not periodic, not directed
    at += 9;
  }
  *at++ = is_answer ? 0 : beacon->len;
  if (!is_answer) {
    memcpy (at, beacon->data, beacon->len);
    at += beacon->len;
  }
  if (radio.is_legacy)
    *at++ = (guint8) rssi_dbm;
  packet[2] = (guint8) (at - packet - 3);
  send_packet (packet, (gsize) (at - packet));
}

static gboolean
is_on (const Beacon *beacon, gint64 now_us)
{
  gint64 cycle_ms = (gint64) beacon->on_ms + beacon->off_ms;
  gint64 since_ms = (now_us - radio.filled_us) / 1000 - beacon->from_ms;
  if (since_ms < 0 || (beacon->to_ms > 0 && since_ms >= (gint64) beacon->to_ms - beacon->from_ms))
    return FALSE;
  return beacon->off_ms == 0 || since_ms % cycle_ms < beacon->on_ms;
}

static void
advertise (Beacon *beacon, gint64 now_us)
{
  guint8 address[6];
  memcpy (address, beacon->address, sizeof address);
  if (beacon->is_flood) { // random, resolvable in form
    guint32 low = g_rand_int (radio.random);
    memcpy (address, &low, sizeof low);
    address[4] = (guint8) g_rand_int (radio.random);
    address[5] = 0x40;
  }
  beacon->due_us += beacon->period_us;
  if (beacon->due_us < now_us - G_USEC_PER_SEC)
    beacon->due_us = now_us; // this machine was busy: what was missed was missed
  gboolean is_aired = is_on (beacon, now_us);
  radio.n_aired += is_aired;
  if (!radio.scans || radio.is_deaf || radio.is_stuck || !is_aired ||
      (radio.drops_duplicates && beacon->was_reported && !beacon->is_flood))
    return;
  beacon->was_reported = TRUE;
  radio.n_reported++;
  report (beacon, address, FALSE);
  if (radio.asks)
    report (beacon, address, TRUE);
}

// Milliseconds until the next advertisement is due.
static int
advertise_all (void)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 next_us = now_us + IDLE_MS * 1000;
  for (guint i = 0; i < radio.beacons->len; i++) {
    Beacon *beacon = &g_array_index (radio.beacons, Beacon, i);
    for (guint n = 0; beacon->due_us <= now_us && n < EVENTS_A_TURN; n++)
      advertise (beacon, now_us);
    next_us = MIN (next_us, beacon->due_us);
  }
  return (int) MAX ((next_us - now_us + 999) / 1000, 0);
}

static gpointer
radio_worker (gpointer unused)
{
  int wait_ms = 0;
  for (;;) {
    struct pollfd wire = { .fd = radio.fd, .events = POLLIN };
    guint8 packet[1024];
    (void) poll (&wire, 1, MIN (wait_ms, 100)); // to see that it ends
    g_mutex_lock (&radio.lock);
    gboolean is_stopping = radio.is_stopping;
    if (!is_stopping && (wire.revents & POLLIN) != 0) {
      ssize_t len = read (radio.fd, packet, sizeof packet);
      if (len > 3 && packet[0] == COMMAND)
        obey_command (packet, (gsize) len);
      else if (len > 3 && packet[0] == DATA)
        take_data (packet, (gsize) len);
    }
    wait_ms = is_stopping ? 0 : advertise_all ();
    g_mutex_unlock (&radio.lock);
    if (is_stopping)
      return NULL;
  }
}

static gboolean
fail (const char *what, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "radio: %s: %s", what,
               g_strerror (errno));
  return FALSE;
}

gboolean
guest_radio_plug (GError **error)
{
  static const guint8 hello[] = { VENDOR, 0 };
  if (radio.beacons == NULL)
    radio.beacons = g_array_new (FALSE, TRUE, sizeof (Beacon));
  radio.fd = open (VHCI, O_RDWR | O_CLOEXEC);
  if (radio.fd < 0 || write (radio.fd, hello, sizeof hello) != sizeof hello)
    return fail (VHCI, error);
  radio.is_stopping = radio.is_deaf = radio.is_stuck = radio.is_blocked = radio.scans = FALSE;
  radio.random = g_rand_new_with_seed (1);
  radio.thread = g_thread_new ("radio", radio_worker, NULL);
  return TRUE;
}

gboolean
guest_radio_unplug (GError **error)
{
  g_mutex_lock (&radio.lock);
  radio.is_stopping = TRUE;
  g_mutex_unlock (&radio.lock);
  g_clear_pointer (&radio.thread, g_thread_join);
  g_clear_pointer (&radio.random, g_rand_free);
  (void) close (radio.fd); // the kernel sees it go
  radio.fd = -1;
  return TRUE;
}

gboolean
guest_radio_set (const char *what, gboolean is_set, GError **error)
{
  gboolean *place = g_str_equal (what, "deaf")      ? &radio.is_deaf
                    : g_str_equal (what, "stuck")   ? &radio.is_stuck
                    : g_str_equal (what, "legacy")  ? &radio.is_legacy
                    : g_str_equal (what, "blocked") ? &radio.is_blocked
                    : g_str_equal (what, "hang")    ? &radio.phones_hang
                    : g_str_equal (what, "drop")    ? &radio.phones_drop
                    : g_str_equal (what, "lie")     ? &radio.phones_lie
                                                    : NULL;
  if (place == NULL) {
    errno = EINVAL;
    return fail (what, error);
  }
  g_mutex_lock (&radio.lock);
  *place = is_set;
  g_mutex_unlock (&radio.lock);
  return TRUE;
}

static gsize
read_hex (const char *hex, guint8 *bytes, gsize size)
{
  gsize len = 0;
  for (const char *at = hex; at[0] != '\0' && at[1] != '\0' && len < size; at += 2)
    bytes[len++] = (guint8) (g_ascii_xdigit_value (at[0]) << 4 | g_ascii_xdigit_value (at[1]));
  return len;
}

// "ADDRESS public|random|flood RSSI JITTER PERIOD_US ON_MS OFF_MS [HEX [FROM_MS TO_MS]]"
static gboolean
read_beacon (const char *line, Beacon *ret_beacon)
{
  unsigned int a[6], rssi = 0;
  char type[8], hex[2 * DATA_MAX + 1] = "";
  Beacon beacon = { .due_us = g_get_monotonic_time () };
  if (sscanf (line, "%x:%x:%x:%x:%x:%x %7s -%u %u %u %u %u %458s %u %u", &a[0], &a[1], &a[2], &a[3],
              &a[4], &a[5], type, &rssi, &beacon.jitter_db, &beacon.period_us, &beacon.on_ms,
              &beacon.off_ms, hex, &beacon.from_ms, &beacon.to_ms) < 12)
    return FALSE;
  for (guint i = 0; i < 6; i++)
    beacon.address[i] = (guint8) a[5 - i];
  beacon.type = type[0] != 'p';
  beacon.is_flood = type[0] == 'f';
  beacon.rssi_dbm = -(int) rssi;
  beacon.len = (guint8) read_hex (hex, beacon.data, sizeof beacon.data);
  *ret_beacon = beacon;
  return beacon.period_us > 0;
}

gboolean
guest_radio_fill_air (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GArray) beacons = g_array_new (FALSE, TRUE, sizeof (Beacon));
  if (!g_file_get_contents (path, &text, NULL, error))
    return FALSE;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    Beacon beacon;
    if (lines[i][0] == '\0')
      continue;
    if (!read_beacon (lines[i], &beacon)) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "radio: '%s'", lines[i]);
      return FALSE;
    }
    beacon.due_us += beacon.period_us * i / g_strv_length (lines); // not all at once
    g_array_append_val (beacons, beacon);
  }
  g_mutex_lock (&radio.lock);
  GArray *before = radio.beacons;
  radio.filled_us = g_get_monotonic_time ();
  radio.n_aired = radio.n_reported = 0;
  radio.off_us = 0;
  radio.off_since_us = radio.filled_us;
  radio.beacons = g_steal_pointer (&beacons);
  g_mutex_unlock (&radio.lock);
  if (before != NULL)
    g_array_unref (before);
  return TRUE;
}

void
guest_radio_utter (const char *hex)
{
  guint8 packet[512];
  gsize len = read_hex (hex, packet, sizeof packet);
  g_mutex_lock (&radio.lock);
  send_packet (packet, len);
  g_mutex_unlock (&radio.lock);
}

// What the host advertises: "connectable HEX", "broadcast HEX", or "nothing".
void
guest_radio_tell_sent (void)
{
  g_autoptr (GString) hex = g_string_new (NULL);
  g_mutex_lock (&radio.lock);
  for (guint i = 0; i < radio.sent_len; i++)
    g_string_append_printf (hex, "%02x", radio.sent[i]);
  if (radio.sends)
    guest_tell ("%s %s", radio.is_connectable ? "connectable" : "broadcast", hex->str);
  else
    guest_tell ("nothing");
  g_mutex_unlock (&radio.lock);
}

// "AIRED REPORTED OFF_MS"
void
guest_radio_tell_counts (void)
{
  g_mutex_lock (&radio.lock);
  gint64 off_us = radio.off_us + (radio.scans ? 0 : g_get_monotonic_time () - radio.off_since_us);
  guest_tell ("%u %u %" G_GINT64_FORMAT, radio.n_aired, radio.n_reported, off_us / 1000);
  g_mutex_unlock (&radio.lock);
}

void
guest_radio_tell_connected (void)
{
  g_mutex_lock (&radio.lock);
  guest_tell ("to%s", radio.connected != NULL ? radio.connected->str : "");
  g_mutex_unlock (&radio.lock);
}
