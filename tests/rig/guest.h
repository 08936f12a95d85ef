// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The first program of the rig's guest: it makes the devices, holds their far ends, and does what
// the test on the host says over a serial line. One line a command, answered by "ok" or "no
// REASON"; what happens by itself is told as "event ...".

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

// Tells the host; thread-safe, whole lines.
void guest_tell (const char *format, ...) G_GNUC_PRINTF (1, 2);

// Writes a text to a file of /sys or /proc.
gboolean guest_write (const char *path, const char *text, GError **error);

// The disk at /run/state. A mark says in its log of writes what was known when.
gboolean guest_disk_mount (GError **error);
void guest_disk_unmount (void);
void guest_disk_mark (const char *name); // thread-safe; nothing without a log

// The GPIO chip: lines by name, outputs traced, inputs pulled.
gboolean guest_panel_start (GError **error);
gboolean guest_panel_pull (const char *line, gboolean up, GError **error);
gboolean
guest_panel_shake (const char *line, guint n_edges, gint64 *ret_longest_us, GError **error);
gboolean guest_panel_read (const char *line, gboolean *ret_is_high, GError **error);
gboolean guest_panel_unplug (GError **error);
gboolean guest_panel_plug (GError **error);
gboolean guest_panel_plug_twin (GError **error); // another chip of the same label
gboolean guest_panel_unplug_twin (GError **error);

// The camera's far end: frames of YUYV, 60 a second, 1280x720 unless told, looped to /dev/video0.
gboolean guest_camera_start (GError **error);
gboolean guest_camera_show (const char *path, GError **error);     // a file with one frame
gboolean guest_camera_stop (GError **error);                       // the signal is gone: noise
gboolean guest_camera_freeze (gboolean is_frozen, GError **error); // gives no frame, says nothing
gboolean guest_camera_unplug (GError **error);
gboolean guest_camera_plug (GError **error);
// What it gives from the next plug on.
gboolean guest_camera_resize (guint width_px, guint height_px, GError **error);

// The printer's far end. What the kiosk prints is told as "event printed HEX".
gboolean guest_printer_plug (GError **error);
gboolean guest_printer_unplug (GError **error);
gboolean guest_printer_take (gboolean takes, GError **error); // FALSE: nothing more
gboolean guest_printer_reply (const char *hex, GError **error);

// The radio's far end, a Bluetooth controller. What it is: "deaf", "legacy" (scans in the older
// way, from the next plug on), "blocked" (answers no command). What is on the air, of a file: lines
// of "ADDRESS public|random|flood RSSI JITTER PERIOD_US ON_MS OFF_MS [HEX [FROM_MS TO_MS]]". What
// it says out of turn: a packet in hex.
gboolean guest_radio_plug (GError **error);
gboolean guest_radio_unplug (GError **error);
gboolean guest_radio_set (const char *what, gboolean is_set, GError **error);
gboolean guest_radio_fill_air (const char *path, GError **error);
void guest_radio_utter (const char *hex);
// The last byte of each address that was connected to, in order.
void guest_radio_tell_connected (void);
void guest_radio_tell_counts (void); // of advertisements on the air, and of those it reported

// What a phone answers to an attribute request; 0: nothing. Reading its one characteristic gives
// @value.
#define GUEST_PHONE_ANSWER_MAX 64
gsize guest_phone_answer (const guint8 *request,
                          gsize len,
                          const guint8 *value,
                          gsize value_len,
                          guint8 ret_answer[GUEST_PHONE_ANSWER_MAX]);
void guest_radio_tell_sent (void);

// Keyboards: "scanner" and "keyboard". A text as g_strescape () writes it, typed on one of them.
gboolean guest_wedge_plug (GError **error);
gboolean guest_wedge_unplug (GError **error);
gboolean guest_wedge_type (const char *name, const char *escaped, GError **error);

G_END_DECLS
