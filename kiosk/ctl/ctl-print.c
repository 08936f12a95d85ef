// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The kiosk's own printer object, its panel beside it when the printer's power or trigger hang on
// that.

#include "kiosk/ctl/ctl-print.h"

#include <stdio.h>
#include <string.h>

#include "kiosk/ctl/ctl-call.h"
#include "kiosk/kiosk-panel.h"
#include "kiosk/kiosk-printer.h"

#define READY_S  8  // for the printer to answer
#define ENDED_S  20 // for the slip; longer than any of the printer's own limits
#define TEXT_MAX 4096

typedef struct {
  GMainLoop *loop;
  HwPanel *panel; // (nullable)
  gboolean has_ended;
  HwSlipEnd end;
} Job;

static void
on_state_changed (HwPrinter *printer, GParamSpec *pspec, Job *job)
{
  if (hw_printer_get_state (printer) == HW_PRINTER_READY)
    g_main_loop_quit (job->loop);
}

static void
on_slip_sent (HwPrinter *printer, guint number, Job *job)
{
  if (job->panel != NULL)
    hw_panel_trigger_printer (job->panel);
}

static void
on_slip_ended (HwPrinter *printer, guint number, int end, Job *job)
{
  job->has_ended = TRUE;
  job->end = (HwSlipEnd) end;
  g_main_loop_quit (job->loop);
}

static gboolean
on_patience_over (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
run_at_most (Job *job, guint seconds)
{
  guint patience = g_timeout_add_seconds (seconds, on_patience_over, job->loop);
  g_main_loop_run (job->loop);
  g_source_remove (patience);
}

static const char *
advice_for (HwPrinterState state)
{
  switch (state) {
  case HW_PRINTER_MISSING:
    return "check its cable, its power and printer.source";
  case HW_PRINTER_BUSY:
    return "stop the program that holds it (the kiosk: systemctl stop tramxanh-kiosk)";
  case HW_PRINTER_OFFLINE:
    return "press its feed or online button";
  case HW_PRINTER_COVER_OPEN:
    return "close its cover";
  case HW_PRINTER_PAPER_OUT:
    return "put a roll of paper in";
  case HW_PRINTER_STARTING:
  case HW_PRINTER_READY:
  case HW_PRINTER_FAILED:
    break;
  }
  return "switch it off and on; look for jammed paper at its knife";
}

static int
print (const CtlCall *call, const HwSlip *slip)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (HwPanel) panel = kiosk_panel_new (&call->config);
  g_autoptr (HwPrinter) printer = kiosk_printer_new (&call->config);
  Job job = { .loop = loop, .panel = panel };
  if (printer == NULL)
    return ctl_call_fail (call, CTL_NO, "printer.source is none: no printer is configured");
  if (panel != NULL)
    hw_panel_set_printer_power (panel, TRUE);
  g_signal_connect (printer, "notify::state", G_CALLBACK (on_state_changed), &job);
  g_signal_connect (printer, "slip-sent", G_CALLBACK (on_slip_sent), &job);
  g_signal_connect (printer, "slip-ended", G_CALLBACK (on_slip_ended), &job);
  if (hw_printer_get_state (printer) != HW_PRINTER_READY)
    run_at_most (&job, READY_S);
  HwPrinterState state = hw_printer_get_state (printer);
  if (state == HW_PRINTER_READY) {
    (void) hw_printer_print (printer, slip); // the only one
    run_at_most (&job, ENDED_S);
    state = hw_printer_get_state (printer);
  }
  g_signal_handlers_disconnect_by_data (printer, &job);
  if (!job.has_ended || job.end == HW_SLIP_DROPPED)
    return ctl_call_fail (call, CTL_NO, "printer: %s; %s", hw_printer_state_to_string (state),
                          advice_for (state));
  return printf ("%s\n", hw_slip_end_to_string (job.end)) > 0 ? 0 : CTL_COULD_NOT;
}

int
ctl_print (int argc, char **argv)
{
  gboolean is_test = FALSE;
  const GOptionEntry entries[] = {
    { "test", 0, 0, G_OPTION_ARG_NONE, &is_test, "A slip that says it is a test", NULL },
    G_OPTION_ENTRY_NULL,
  };
  CtlCall call;
  int status = ctl_call_read (&call, "FILE - prints a slip: venue, time, code, a line each",
                              entries, 0, 1, argc, argv);
  if (status != 0)
    return status;
  if (is_test == (call.n_words == 1))
    return ctl_call_fail (&call, CTL_USAGE, "a FILE, or --test");
  if (is_test) {
    g_autoptr (GDateTime) now = g_date_time_new_now_local ();
    g_autofree char *time = g_date_time_format (now, "%H:%M %d/%m/%Y");
    const HwSlip slip = { .venue = call.config.venue_name, .time = time, .code = "THỬ MÁY IN" };
    return print (&call, &slip);
  }
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize len = 0;
  if (!g_file_get_contents (call.words[0], &text, &len, &error))
    return ctl_call_fail (&call, CTL_COULD_NOT, "%s", error->message);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", -1);
  guint n_lines = g_strv_length (lines);
  if (len > TEXT_MAX || !g_utf8_validate (text, -1, NULL) || n_lines < 2 || n_lines > 3)
    return ctl_call_fail (&call, CTL_COULD_NOT,
                          "%s: not two or three lines of UTF-8: venue, time, code", call.words[0]);
  const HwSlip slip = { .venue = lines[0], .time = lines[1], .code = lines[2] };
  return print (&call, &slip);
}
