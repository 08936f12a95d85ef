// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The doctor's round: each examination looks at the real thing and says what to do when it is not
// well.

#include "kiosk/ctl/ctl-doctor.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "hw/hw-camera.h"
#include "kiosk/ctl/ctl-doctor-core.h"
#include "kiosk/ctl/ctl-json.h"
#include "kiosk/journal/journal-disk.h"
#include "kiosk/journal/journal-keys.h"
#include "kiosk/journal/journal-verify.h"
#include "kiosk/kiosk-config.h"
#include "kiosk/kiosk-panel.h"
#include "kiosk/kiosk-printer.h"
#include "kiosk/kiosk-radio.h"
#include "kiosk/kiosk-wedge.h"

#define STATUS_USAGE       2
#define STATUS_COULD_NOT   3
#define CAMERA_PATIENCE_S  8
#define PRINTER_PATIENCE_S 6   // one that answers no question is known after three
#define RADIO_PATIENCE_S   12  // longer than one scan
#define FREE_MIB_MIN       512 // 120 days of 5,000 visits, about 270 MiB, and room for the system
#define MIB                (1024 * 1024)

static const char *const health_words[] = { "ok", "missing", "broken" };

typedef struct {
  struct ct_config config;
  const char *state_dir;
  GString *detail; // what an examination has in numbers
} Patient;

static void
on_camera_changed (HwCamera *camera, GParamSpec *pspec, GMainLoop *loop)
{
  if (hw_camera_get_state (camera) != HW_CAMERA_STARTING)
    g_main_loop_quit (loop);
}

static gboolean
on_patience_over (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static Finding
camera_finding (HwCameraState state)
{
  switch (state) {
  case HW_CAMERA_READY:
    return (Finding){ HEALTH_OK, "frames arrive", NULL, NULL };
  case HW_CAMERA_MISSING:
    return (Finding){ HEALTH_MISSING, "no such camera",
                      "Cắm lại cáp camera, rồi kiểm tra camera.source.",
                      "Plug the camera in again, then check camera.source." };
  case HW_CAMERA_BUSY:
    return (Finding){ HEALTH_BROKEN, "another program holds the camera",
                      "Đóng chương trình đang dùng camera (có thể chính là kiosk).",
                      "Close the program that uses the camera (it may be the kiosk itself)." };
  case HW_CAMERA_BAD_FORMAT:
    return (Finding){ HEALTH_BROKEN, "no picture format that can be read",
                      "Dùng camera có định dạng YUYV, NV12, MJPEG hoặc GREY.",
                      "Use a camera that offers YUYV, NV12, MJPEG or GREY." };
  case HW_CAMERA_STARTING:
  case HW_CAMERA_FROZEN:
    return (Finding){ HEALTH_BROKEN, "opened, but no frame arrives",
                      "Rút cáp camera, đợi 10 giây, cắm lại.",
                      "Unplug the camera, wait 10 seconds, plug it in." };
  case HW_CAMERA_FAILED:
    break;
  }
  return (Finding){ HEALTH_BROKEN, "failed", "Thử cổng USB khác hoặc camera khác.",
                    "Try another USB port or another camera." };
}

static Finding
examine_camera (const Patient *patient)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (HwCamera) camera = hw_camera_new (patient->config.camera_source);
  gulong handler = g_signal_connect (camera, "notify::state", G_CALLBACK (on_camera_changed), loop);
  guint patience = g_timeout_add_seconds (CAMERA_PATIENCE_S, on_patience_over, loop);
  hw_camera_start (camera);
  if (hw_camera_get_state (camera) == HW_CAMERA_STARTING)
    g_main_loop_run (loop);
  HwCameraState state = hw_camera_get_state (camera);
  g_source_remove (patience);
  g_signal_handler_disconnect (camera, handler);
  hw_camera_stop (camera);
  return camera_finding (state);
}

static Finding
examine_clock (const Patient *patient)
{
  struct timex timex = { 0 };
  int state = adjtimex (&timex);
  if (state < 0 || state == TIME_ERROR || (timex.status & STA_UNSYNC) != 0)
    return (Finding){ HEALTH_MISSING,
                      "not synchronised; visits are recorded with an uncertain time",
                      "Nối mạng hoặc kiểm tra dịch vụ đồng bộ giờ (systemd-timesyncd).",
                      "Connect the network, or check the time service (systemd-timesyncd)." };
  return (Finding){ HEALTH_OK, "synchronised", NULL, NULL };
}

// What the kiosk does about it already comes before what may become of it.
static Finding
disk_finding (guint percent, guint64 n_free)
{
  if (n_free == 0)
    return (Finding){ HEALTH_BROKEN, "full: visits are refused",
                      "Giải phóng ổ đĩa ngay, hoặc thay thẻ nhớ lớn hơn.",
                      "Free space now, or use a larger card." };
  if (percent >= JOURNAL_DISK_SCARCE)
    return (Finding){ HEALTH_BROKEN, "nearly full: only visits are recorded",
                      "Giải phóng ổ đĩa ngay, hoặc thay thẻ nhớ lớn hơn: khi đầy, kiosk từ chối "
                      "khách.",
                      "Free space now, or use a larger card: once it is full, visits are "
                      "refused." };
  if (percent >= JOURNAL_DISK_FILLING)
    return (Finding){ HEALTH_BROKEN, "filling up",
                      "Giải phóng ổ đĩa hoặc thay thẻ nhớ lớn hơn: từ 95 % chỉ còn ghi lượt khách.",
                      "Free space, or use a larger card: from 95 % on only visits are recorded." };
  if (n_free < (guint64) FREE_MIB_MIN * MIB)
    return (Finding){ HEALTH_BROKEN, "less than 512 MiB free",
                      "Giải phóng ổ đĩa hoặc thay thẻ nhớ lớn hơn.",
                      "Free space, or use a larger card." };
  return (Finding){ HEALTH_OK, "writable, enough space", NULL, NULL };
}

static Finding
examine_disk (const Patient *patient)
{
  struct statvfs volume;
  g_autofree char *parent = g_path_get_dirname (patient->state_dir);
  gboolean exists = g_file_test (patient->state_dir, G_FILE_TEST_IS_DIR);
  const char *folder = exists ? patient->state_dir : parent;
  if (statvfs (folder, &volume) < 0)
    return (Finding){ HEALTH_MISSING, "no folder for the journal",
                      "Tạo thư mục dữ liệu hoặc sửa --state.",
                      "Create the state folder, or correct --state." };
  if ((volume.f_flag & ST_RDONLY) != 0)
    return (
        Finding){ HEALTH_BROKEN, "read-only", "Ổ đĩa bị khóa ghi, thường do lỗi: thay thẻ nhớ.",
                  "The disk is locked against writing, mostly after an error: replace the card." };
  guint percent = journal_disk_percent (folder);
  guint64 n_free = (guint64) volume.f_bavail * volume.f_frsize;
  g_string_printf (patient->detail, "%u %% used, %" G_GUINT64_FORMAT " MiB free", percent,
                   n_free / MIB);
  return disk_finding (percent, n_free);
}

static Finding
examine_journal (const Patient *patient)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (patient->state_dir, "journal.db", NULL);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return (Finding){ HEALTH_OK, "none yet; the kiosk makes it at its first start", NULL, NULL };
  g_auto (JournalAudit) audit;
  journal_audit_init (&audit);
  if (journal_verify (patient->state_dir, &audit, &error))
    return (Finding){ HEALTH_OK, "verified", NULL, NULL };
  return (Finding){ HEALTH_BROKEN, "does not verify",
                    "Giữ nguyên máy, chạy 'tramxanhctl journal verify' và báo kỹ thuật.",
                    "Leave the box as it is, run 'tramxanhctl journal verify' and call support." };
}

// See journal-keys.h: the price of a kiosk that can join a core later.
static Finding
examine_keys (const Patient *patient)
{
  if (!journal_keys_exist (patient->state_dir))
    return (Finding){ HEALTH_OK, "none yet; the kiosk makes them at its first start", NULL, NULL };
  if (!journal_keys_have_recovery (patient->state_dir))
    return (Finding){ HEALTH_OK, "nobody can read the visits with what is on this box", NULL,
                      NULL };
  return (Finding){
    HEALTH_BROKEN, "a thief of this box could read who visited",
    "Cắm USB rồi chạy 'tramxanhctl journal --state DIR move-recovery FILE', cất USB nơi khác.",
    "Plug in a stick, run 'tramxanhctl journal --state DIR move-recovery FILE', "
    "keep the stick elsewhere."
  };
}

static Finding
examine_panel (const Patient *patient)
{
  g_autoptr (HwPanel) panel = kiosk_panel_new (&patient->config);
  if (panel == NULL)
    return (Finding){ HEALTH_OK, "none configured", NULL, NULL };
  if (hw_panel_is_ready (panel))
    return (Finding){ HEALTH_OK, "ready", NULL, NULL };
  g_autofree char *problem = hw_panel_dup_problem (panel);
  if (problem != NULL && strstr (problem, "used by") != NULL)
    return (Finding){ HEALTH_BROKEN, "another program holds a line of the panel",
                      "Đóng chương trình đang dùng chân GPIO (có thể chính là kiosk).",
                      "Close the program that uses the line (it may be the kiosk itself)." };
  return (Finding){ HEALTH_MISSING, "the panel does not answer",
                    "Kiểm tra cáp bảng đèn, panel.source và panel.lines.",
                    "Check the panel's cable, panel.source and panel.lines." };
}

static Finding
examine_scanner (const Patient *patient)
{
  g_autoptr (HwWedge) wedge = kiosk_wedge_new (&patient->config);
  if (wedge == NULL)
    return (Finding){ HEALTH_OK, "none configured", NULL, NULL };
  if (hw_wedge_is_ready (wedge))
    return (Finding){ HEALTH_OK, "ready, and heard by nobody else", NULL, NULL };
  const char *problem = hw_wedge_get_problem (wedge);
  if (strstr (problem, "used by another") != NULL)
    return (Finding){ HEALTH_BROKEN, "another program holds the scanner",
                      "Đóng chương trình đang dùng máy quét (có thể chính là kiosk).",
                      "Close the program that uses the scanner (it may be the kiosk itself)." };
  if (strstr (problem, "two keyboards") != NULL)
    return (Finding){ HEALTH_BROKEN, "two keyboards are called so",
                      "Ghi wedge.source = device:/dev/input/by-id/… của đúng máy quét.",
                      "Name the right one: wedge.source = device:/dev/input/by-id/…" };
  return (Finding){ HEALTH_MISSING, "no such scanner",
                    "Cắm lại máy quét, rồi kiểm tra wedge.source.",
                    "Plug the scanner in again, then check wedge.source." };
}

static Finding
printer_finding (HwPrinterState state)
{
  static const Finding findings[] = {
    [HW_PRINTER_STARTING] = { HEALTH_BROKEN, "opened, but it says nothing",
                              "Tắt máy in, đợi 10 giây, bật lại.",
                              "Switch the printer off, wait 10 seconds, switch it on." },
    [HW_PRINTER_READY] = { HEALTH_OK, "ready", NULL, NULL },
    [HW_PRINTER_MISSING] = { HEALTH_MISSING, "no such printer",
                             "Cắm lại cáp và nguồn máy in, rồi kiểm tra printer.source.",
                             "Check the printer's cable and power, then printer.source." },
    [HW_PRINTER_BUSY] = { HEALTH_BROKEN, "another program holds the printer",
                          "Đóng chương trình đang dùng máy in (có thể chính là kiosk).",
                          "Close the program that uses the printer (it may be the kiosk itself)." },
    [HW_PRINTER_OFFLINE] = { HEALTH_BROKEN, "off line", "Bấm nút trên máy in để sẵn sàng trở lại.",
                             "Press the printer's button to put it on line again." },
    [HW_PRINTER_COVER_OPEN] = { HEALTH_BROKEN, "its cover is open", "Đóng nắp máy in.",
                                "Close the printer's cover." },
    [HW_PRINTER_PAPER_OUT] = { HEALTH_BROKEN, "out of paper", "Thay cuộn giấy in.",
                               "Put in a new roll of paper." },
    [HW_PRINTER_FAILED] = { HEALTH_BROKEN, "jammed or broken",
                            "Mở nắp, gỡ giấy kẹt, rồi bật lại máy in.",
                            "Open the cover, clear the knife, then switch the printer on again." },
  };
  return findings[state];
}

// Off line comes first, and then why.
static void
on_printer_changed (HwPrinter *printer, GParamSpec *pspec, GMainLoop *loop)
{
  HwPrinterState state = hw_printer_get_state (printer);
  if (state != HW_PRINTER_STARTING && state != HW_PRINTER_OFFLINE && state != HW_PRINTER_FAILED)
    g_main_loop_quit (loop);
}

static Finding
examine_printer (const Patient *patient)
{
  g_autoptr (HwPrinter) printer = kiosk_printer_new (&patient->config);
  if (printer == NULL)
    return (Finding){ HEALTH_OK, "none configured", NULL, NULL };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  gulong handler =
      g_signal_connect (printer, "notify::state", G_CALLBACK (on_printer_changed), loop);
  guint patience = g_timeout_add_seconds (PRINTER_PATIENCE_S, on_patience_over, loop);
  if (hw_printer_get_state (printer) == HW_PRINTER_STARTING)
    g_main_loop_run (loop);
  g_source_remove (patience);
  g_signal_handler_disconnect (printer, handler);
  return printer_finding (hw_printer_get_state (printer));
}

static Finding
radio_finding (HwRadioState state)
{
  static const Finding findings[] = {
    [HW_RADIO_STARTING] = { HEALTH_MISSING, "no answer from bluetoothd",
                            "Kiểm tra dịch vụ bluetooth.", "Check the bluetooth service." },
    [HW_RADIO_HEARING] = { HEALTH_OK, "hears", NULL, NULL },
    [HW_RADIO_MISSING] = { HEALTH_MISSING, "no adapter, or no bluetoothd",
                           "Cắm bộ thu Bluetooth và bật dịch vụ bluetooth, rồi kiểm tra "
                           "radio.source.",
                           "Plug the adapter in, start the bluetooth service, check "
                           "radio.source." },
    [HW_RADIO_OFF] = { HEALTH_BROKEN, "it does not switch on", "Kiểm tra rfkill và bộ thu.",
                       "Check rfkill, then the adapter." },
    [HW_RADIO_REFUSED] = { HEALTH_BROKEN, "it does not scan", "Khởi động lại dịch vụ bluetooth.",
                           "Restart the bluetooth service." },
    [HW_RADIO_DEAF] = { HEALTH_BROKEN, "it scans, and hears nothing",
                        "Rút bộ thu ra, cắm lại; kiểm tra ăng-ten.",
                        "Pull the adapter out and back in; check its antenna." },
  };
  return findings[state];
}

static void
on_radio_heard (HwRadio *radio, gpointer sighting, GMainLoop *loop)
{
  g_main_loop_quit (loop);
}

// It is well when something was heard; silence may only mean that nobody is there.
static Finding
examine_radio (const Patient *patient)
{
  g_autoptr (HwRadio) radio = kiosk_radio_new (&patient->config);
  if (radio == NULL)
    return (Finding){ HEALTH_OK, "none configured", NULL, NULL };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  gulong handler = g_signal_connect (radio, "sighting", G_CALLBACK (on_radio_heard), loop);
  guint patience = g_timeout_add_seconds (RADIO_PATIENCE_S, on_patience_over, loop);
  g_main_loop_run (loop);
  g_source_remove (patience);
  g_signal_handler_disconnect (radio, handler);
  g_autofree char *problem = hw_radio_dup_problem (radio);
  if (hw_radio_get_state (radio) == HW_RADIO_HEARING && problem != NULL)
    return (Finding){ HEALTH_BROKEN, "hears, but the venue is not sent",
                      "Bộ thu không cho phát: tắt chương trình khác đang phát, hoặc thay bộ thu.",
                      "The adapter refuses to send: end what else sends by it, or replace it." };
  if (hw_radio_get_state (radio) == HW_RADIO_HEARING && hw_radio_get_heard_us (radio) == 0)
    return (Finding){ HEALTH_OK, "scans, and heard nobody within 12 s", NULL, NULL };
  return radio_finding (hw_radio_get_state (radio));
}

// Opening a watchdog would arm it.
static Finding
examine_watchdog (const Patient *patient)
{
  const char *device = strchr (patient->config.watchdog_source, ':');
  if (device == NULL)
    return (Finding){ HEALTH_OK, "none configured", NULL, NULL };
  if (access (device + 1, W_OK) == 0)
    return (Finding){ HEALTH_OK, "there", NULL, NULL };
  return (Finding){ HEALTH_MISSING, "no such watchdog, or it may not be used",
                    "Kiểm tra watchdog.source và quyền của thiết bị.",
                    "Check watchdog.source and the device's permissions." };
}

static Finding
examine_core_link (const Patient *patient)
{
  return ctl_doctor_examine_core (patient->state_dir, patient->detail);
}

static const struct {
  const char *part;
  Finding (*examine) (const Patient *patient);
} examinations[] = {
  { "camera", examine_camera },   { "clock", examine_clock },       { "core", examine_core_link },
  { "disk", examine_disk },       { "journal", examine_journal },   { "keys", examine_keys },
  { "panel", examine_panel },     { "printer", examine_printer },   { "radio", examine_radio },
  { "scanner", examine_scanner }, { "watchdog", examine_watchdog },
};

static void
print_finding (const char *part,
               const Finding *finding,
               const char *detail,
               gboolean as_json,
               gboolean in_vietnamese)
{
  const char *advice = in_vietnamese ? finding->advice_vi : finding->advice_en;
  if (as_json) {
    g_autoptr (GString) line = g_string_new (NULL);
    ctl_json_open_object (line, NULL);
    ctl_json_add_text (line, "part", part);
    ctl_json_add_text (line, "health", health_words[finding->health]);
    ctl_json_add_text (line, "fact", finding->fact);
    if (*detail != '\0')
      ctl_json_add_text (line, "detail", detail);
    ctl_json_add_text (line, "advice_vi", finding->advice_vi);
    ctl_json_add_text (line, "advice_en", finding->advice_en);
    ctl_json_close_object (line);
    (void) printf ("%s\n", line->str);
    return;
  }
  (void) printf ("%-8s %-8s %s%s%s\n", part, health_words[finding->health], finding->fact,
                 *detail != '\0' ? "; " : "", detail);
  if (advice != NULL)
    (void) printf ("%17s → %s\n", "", advice);
}

static gboolean
speaks_vietnamese (void)
{
  const char *const *languages = g_get_language_names ();
  return languages[0] != NULL && g_str_has_prefix (languages[0], "vi");
}

int
ctl_doctor (int argc, char **argv)
{
  gboolean as_json = FALSE;
  g_autofree char *config_path = NULL;
  g_autofree char *state_dir = NULL;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "One JSON object a line", NULL },
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &config_path, "Configuration file", "FILE" },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &state_dir, "Folder of the journal and the keys",
      "DIR" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("- examines the box");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1) {
    (void) fprintf (stderr, "tramxanhctl doctor: %s\n",
                    error != NULL ? error->message : "too many arguments");
    return STATUS_USAGE;
  }
  if (state_dir == NULL)
    state_dir = g_build_filename (g_get_user_state_dir (), "tramxanh", NULL);
  g_autoptr (GString) detail = g_string_new (NULL);
  Patient patient = { .state_dir = state_dir, .detail = detail };
  if (!kiosk_config_read (config_path, &patient.config, &error)) {
    (void) fprintf (stderr, "tramxanhctl doctor: %s\n", error->message);
    return STATUS_COULD_NOT;
  }
  gboolean all_well = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (examinations); i++) {
    g_string_truncate (detail, 0);
    Finding finding = examinations[i].examine (&patient);
    print_finding (examinations[i].part, &finding, detail->str, as_json, speaks_vietnamese ());
    all_well = all_well && finding.health == HEALTH_OK;
  }
  return all_well ? 0 : 1;
}
