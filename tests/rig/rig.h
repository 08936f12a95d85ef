// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An entrance with real devices, in words of the entrance. The kernel is a User-mode Linux guest of
// this process: the camera is vivid, the panel gpio-sim, the disk an image that survives a power
// cut. Whatever does not happen within its deadline fails the test.

#pragma once

#include <gio/gio.h>

#include "kiosk/demo/demo-scene.h"

G_BEGIN_DECLS

#define RIG_STATE "/run/state" // the disk, as the guest sees it

// The lines of the panel "rig-panel", as a kiosk's configuration wires them.
#define RIG_PANEL                                                                                  \
  "[panel]\nsource = gpio:rig-panel\n"                                                             \
  "lines = green=GREEN amber=AMBER red=RED buzzer=BUZZER relay=RELAY "                             \
  "printer-trigger=TRIGGER printer-power=POWER "                                                   \
  "print=PRINT leaving=LEAVE door=DOOR tamper=TAMPER paper-out=PAPER "                             \
  "power-fail=SUPPLY\n"
#define RIG_CAMERA  "[camera]\nsource = v4l2:/dev/v4l/by-id/rig-camera\n"
#define RIG_PRINTER "[printer]\nsource = usb:04b8:0e28\n"

typedef struct _Rig Rig;

typedef struct {
  const char *path;
  void (*run) (Rig *rig);
} RigTest;

// A test's whole main (): runs them on one rig, or says why they are skipped.
int rig_main (int argc, char **argv, const RigTest *tests, guint n_tests);

// NULL: this machine cannot, @ret_why says why (static): skip the test.
Rig *rig_new (const char **ret_why);
void rig_free (Rig *rig); // cuts the power first
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rig, rig_free)

// Power.
void rig_boot (Rig *rig);
void rig_boot_with_two_cameras (Rig *rig); // /dev/video2 has a test picture
void rig_cut_power (Rig *rig);             // SIGKILL: what the guest had not made durable is gone
void rig_shut_down (Rig *rig);
void rig_forget_disk (Rig *rig); // an empty one for the next boot

// The disk's memory: from the next boot on, what the guest makes durable is logged, with a mark
// each time the green line rises.
void rig_log_writes (Rig *rig);
guint rig_count_marks (Rig *rig); // in the log of a guest that is gone
// Makes the disk what it was, at worst, when that mark was made; it is logged no more.
void rig_rewind_disk (Rig *rig, guint mark);

// Programs in the guest; those of this build by their path in the build folder. What they say goes
// to files of the rig's folder.
void rig_start (Rig *rig, const char *name, const char *command);
int rig_wait_for_end (Rig *rig, const char *name, guint within_ms); // exit status
void rig_signal (Rig *rig, const char *program, int number);
char *rig_run (Rig *rig, const char *command, int *ret_status); // what it printed
// The kiosk itself, with its screen or without; @config as in tramxanh.conf.
void rig_start_kiosk (Rig *rig, const char *config, gboolean with_screen);
// An empty disk, an empty lobby, and a kiosk without a screen that holds the panel. A printer that
// the configuration names is plugged in. It ends in an orderly way.
void rig_open_entrance (Rig *rig, const char *config);
void rig_close_entrance (Rig *rig);
char *rig_ask_ctl (Rig *rig, const char *arguments, int *ret_status); // tramxanhctl ARGUMENTS
// Waits until at least this share (0 to 1) of the kiosk's screen is "green", "amber" or "red"; the
// picture goes into the build's screenshots as NAME.png, for people.
void rig_screen_turns (Rig *rig, const char *name, const char *colour, double share);
double rig_look (Rig *rig, const char *name, const char *colour); // the share now
// A file of the rig's folder, /run/scratch/NAME in the guest.
char *rig_path (Rig *rig, const char *name); // (transfer full)
void rig_write_file (Rig *rig, const char *name, const char *text);
char *rig_read_log (Rig *rig, const char *name);
// A program says these words in its log, after the last ones that were waited for.
void rig_kernel_says (Rig *rig, const char *words, guint within_ms); // since the boot
void rig_says (Rig *rig, const char *name, const char *words, guint within_ms);

// Visitors.
void rig_visitor_shows (Rig *rig, DemoProp prop, const char *payload);
void rig_visitor_steps_back (Rig *rig); // an empty lobby
void rig_signal_is_lost (Rig *rig);     // the camera gives noise
void rig_lens_is_covered (Rig *rig);    // black
// Another one in its place: 640x480 or 1280x720, until it is replaced again.
void rig_camera_is_replaced (Rig *rig, guint width_px, guint height_px);
void rig_camera_freezes (Rig *rig, gboolean is_frozen); // it gives no frame, and says nothing
void rig_press (Rig *rig, const char *button, guint ms);
void rig_pull (Rig *rig, const char *line, gboolean up);
// A contact chatters: levels of 0 to 8 ms, as it was at last. Returns how long the longest one
// lasted, ms: on a busy machine that may be a press.
guint rig_shake (Rig *rig, const char *line, guint n_edges);
// "camera", "panel", "panel-twin" (of the same label), "printer", "radio" or "scanner".
void rig_unplug (Rig *rig, const char *what);
void rig_plug (Rig *rig, const char *what);

// The printer, once it is plugged: 58 mm paper, a knife, and sensors that answer questions. It
// prints while the test waits for something.
void rig_paper_runs_out (Rig *rig); // what is sent from then on waits inside the printer
void rig_paper_is_put_in (Rig *rig);
void rig_printer_is_opened (Rig *rig, gboolean is_open); // between two slips, as the next
void rig_printer_jams (Rig *rig, gboolean is_jammed);
void rig_printer_is_reset (Rig *rig);              // it lost its power, too: what it held is gone
void rig_printer_takes (Rig *rig, gboolean takes); // FALSE: not a byte more
void rig_printer_falls_silent (Rig *rig);          // it prints, but answers no question
guint rig_count_slips (Rig *rig);                  // cut off since the rig is there
void rig_wait_for_slips (Rig *rig, guint n_slips, guint within_ms);
char *rig_read_slip (Rig *rig, guint i); // what its code says; NULL: not readable. (transfer full)
void rig_save_slip (Rig *rig, guint i, const char *path); // as PNG, for people

// The radio, once it is plugged, and bluetoothd. @air: lines of "ADDRESS public|random|flood RSSI
// JITTER PERIOD_US ON_MS OFF_MS [HEX [FROM_MS TO_MS]]": who advertises what, how often, and when.
void rig_start_bluetooth (Rig *rig, const char *options);  // of bluetoothd
void rig_start_bluetoothd (Rig *rig, const char *options); // again, after it was killed
void rig_air_is (Rig *rig, const char *air);
void rig_radio_goes_deaf (Rig *rig, gboolean is_deaf); // it says that it scans
// What the kiosk advertises: "broadcast HEX", "connectable HEX" or "nothing".
void rig_radio_sends (Rig *rig, const char *wanted, guint within_ms);
// Whoever is connected to: "hang" (answers nothing), "drop" (ends it), "lie" (a short value).
void rig_phones (Rig *rig, const char *how, gboolean is_set);
// Advertisements since the air was filled, and how many the kernel was told. A busy machine has
// fewer than the air's script.
guint rig_count_aired (Rig *rig, guint *ret_reported);
guint rig_count_off_ms (Rig *rig); // in which the controller did not scan, since the air was filled
// "to 50 51": the last bytes of the addresses that were connected to, in order. (transfer full)
char *rig_list_connected (Rig *rig);
void rig_radio_sticks (Rig *rig);                      // deaf until it is reset
void rig_radio_blocks (Rig *rig, gboolean is_blocked); // it answers no command any more
void rig_radio_utters (Rig *rig, const char *hex);     // a packet to the kernel, as it is
void rig_radio_is_legacy (Rig *rig);                   // from the next plug on

// Keyboards: plugged in as "scanner", typed on as "scanner" or "keyboard".
#define RIG_SCANNER "[wedge]\nsource = usb:7472:7831\n"
void rig_visitor_types_on (Rig *rig, const char *keyboard, const char *text);

// Times are of the guest's monotonic clock, microseconds.
gint64 rig_shown_us (Rig *rig); // the first frame of what is shown now
gboolean rig_line_is_high (Rig *rig, const char *line);
// When the line last turned so; it may be so already.
gint64 rig_line_turns (Rig *rig, const char *line, gboolean high, guint within_ms);
guint rig_count_rises (Rig *rig, const char *line); // since the boot
// Until the line has risen so often; it may have fallen again.
void rig_wait_for_rises (Rig *rig, const char *line, guint n_rises, guint within_ms);
// Lets @ms pass while events are taken in.
void rig_wait (Rig *rig, guint ms);

G_END_DECLS
