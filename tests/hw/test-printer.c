// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The printer on a pseudo terminal and on the loopback network, with somebody at the other end who
// prints, answers, runs out of paper and goes away.

#include "hw/hw-printer-escpos.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hw/hw-printer-file.h"
#include "hw/hw-printer-port.h"
#include "tests/escpos/paper.h"

#define DEADLINE_MS 60000
#define N_FLOOD     20000

static const HwSlip SLIP = { .venue = "Trường Tiểu học Thử",
                             .time = "25/11/2026 08:12",
                             .code = "TX1:AB" };

// The other end of the line.
typedef struct {
  int fd;
  guint in_id;
  Paper *paper;
  gboolean is_mute;
  gboolean is_mute_about_slips;
  guint8 answers[5]; // by topic; [0]: what GS r gets
} Far;

static gboolean
on_far_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Far *far = user_data;
  guint8 bytes[4096];
  ssize_t n = read (fd, bytes, sizeof bytes);
  if (n <= 0)
    return G_SOURCE_CONTINUE; // nobody has the line open right now
  paper_take (far->paper, bytes, (gsize) n);
  g_assert_cmpstr (far->paper->jam, ==, NULL);
  for (guint i = 0; i < far->paper->questions->len; i++) {
    guint8 question = far->paper->questions->data[i];
    const guint8 *answer = &far->answers[question & 0x80 ? 0 : question];
    gboolean is_silent = far->is_mute || ((question & 0x80) != 0 && far->is_mute_about_slips);
    if (!is_silent)
      g_assert_cmpint (write (fd, answer, 1), ==, 1);
  }
  g_byte_array_set_size (far->paper->questions, 0);
  return G_SOURCE_CONTINUE;
}

static void
far_listen (Far *far)
{
  far->in_id = g_unix_fd_add (far->fd, G_IO_IN, on_far_readable, far);
}

static void
far_init (Far *far, int fd)
{
  *far = (Far){ .fd = fd,
                .paper = paper_new (HW_SLIP_WIDTH_58_MM),
                .answers = { 0x00, 0x12, 0x12, 0x12, 0x12 } };
  if (fd >= 0)
    far_listen (far);
}

static void
far_clear (Far *far)
{
  g_clear_handle_id (&far->in_id, g_source_remove);
  if (far->fd >= 0)
    (void) close (far->fd);
  paper_free (far->paper);
}

typedef struct {
  Far far;
  int keep_fd; // holds the line open, so that its other end sees no hang-up
  HwPrinter *printer;
  guint n_ended[3]; // by HwSlipEnd
  guint n_states;
} Line;

static void
on_slip_ended (HwPrinter *printer, guint number, int end, Line *line)
{
  line->n_ended[end]++;
}

static void
on_state (HwPrinter *printer, GParamSpec *pspec, Line *line)
{
  line->n_states++;
}

static void
line_watch (Line *line)
{
  g_signal_connect (line->printer, "slip-ended", G_CALLBACK (on_slip_ended), line);
  g_signal_connect (line->printer, "notify::state", G_CALLBACK (on_state), line);
}

static void
line_init (Line *line)
{
  int fd = posix_openpt (O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (grantpt (fd), ==, 0);
  g_assert_cmpint (unlockpt (fd), ==, 0);
  *line = (Line){ .keep_fd = open (ptsname (fd), O_RDWR | O_NOCTTY | O_CLOEXEC) };
  far_init (&line->far, fd);
  g_autofree char *port = g_strdup_printf ("serial:%s@115200", ptsname (fd));
  line->printer = g_object_new (HW_TYPE_PRINTER_ESCPOS, "port", port, "queue-ms", 2500, "stall-ms",
                                1500, "done-ms", 1500, NULL);
  line_watch (line);
}

static void
line_clear (Line *line)
{
  g_signal_handlers_disconnect_by_data (line->printer, line);
  g_assert_finalize_object (line->printer);
  far_clear (&line->far);
  if (line->keep_fd >= 0)
    (void) close (line->keep_fd);
}

static gboolean
on_wake (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

#define WAIT_UNTIL(condition)                                                                      \
  do {                                                                                             \
    gint64 end_us = g_get_monotonic_time () + DEADLINE_MS * 1000;                                  \
    guint wake_id = g_timeout_add (20, on_wake, NULL);                                             \
    while (!(condition) && g_get_monotonic_time () < end_us)                                       \
      (void) g_main_context_iteration (NULL, TRUE);                                                \
    g_source_remove (wake_id);                                                                     \
    g_assert_true (condition);                                                                     \
  } while (FALSE)

static void
wait_for_state (Line *line, HwPrinterState state)
{
  WAIT_UNTIL (hw_printer_get_state (line->printer) == state);
}

static void
test_prints_once_and_says_so (void)
{
  Line line;
  line_init (&line);
  g_assert_cmpint (hw_printer_get_state (line.printer), ==, HW_PRINTER_STARTING);
  g_assert_cmpuint (hw_printer_print (line.printer, &SLIP), ==, 1); // before it is even open
  wait_for_state (&line, HW_PRINTER_READY);
  WAIT_UNTIL (line.n_ended[HW_SLIP_PRINTED] == 1);
  g_assert_cmpuint (line.far.paper->slips->len, ==, 1);
  g_autofree char *code = paper_read_code (line.far.paper->slips->pdata[0]);
  g_assert_cmpstr (code, ==, SLIP.code);
  guint paper_mm = 0;
  g_object_get (line.printer, "paper-mm", &paper_mm, NULL);
  g_assert_cmpuint (paper_mm, <, HW_PRINTER_ROLL_MM);
  g_assert_cmpuint (paper_mm, >, HW_PRINTER_ROLL_MM - 150);
  line_clear (&line);
}

static void
test_says_what_is_the_matter (void)
{
  static const struct {
    guint topic;
    guint8 answer;
    HwPrinterState state;
  } cases[] = {
    { 1, 0x1a, HW_PRINTER_OFFLINE },
    { 2, 0x16, HW_PRINTER_COVER_OPEN },
    { 3, 0x1a, HW_PRINTER_FAILED },
    { 4, 0x72, HW_PRINTER_PAPER_OUT },
  };
  Line line;
  line_init (&line);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    wait_for_state (&line, HW_PRINTER_READY);
    line.far.answers[cases[i].topic] = cases[i].answer;
    wait_for_state (&line, cases[i].state);
    line.far.answers[cases[i].topic] = 0x12;
  }
  wait_for_state (&line, HW_PRINTER_READY);
  line.far.answers[4] = 0x1e;
  WAIT_UNTIL (hw_printer_is_paper_low (line.printer));
  g_assert_cmpint (hw_printer_get_state (line.printer), ==, HW_PRINTER_READY); // prints on
  line_clear (&line);
}

static void
test_no_burst_after_paper_was_out (void)
{
  Line line;
  line_init (&line);
  line.far.answers[4] = 0x72;
  wait_for_state (&line, HW_PRINTER_PAPER_OUT);
  guint paper_mm = 1;
  g_object_get (line.printer, "paper-mm", &paper_mm, NULL);
  g_assert_cmpuint (paper_mm, ==, 0);
  for (guint i = 0; i < 100; i++)
    (void) hw_printer_print (line.printer, &SLIP);
  g_assert_cmpuint (line.n_ended[HW_SLIP_DROPPED], ==, 100 - HW_PRINTER_QUEUE_MAX);
  WAIT_UNTIL (line.n_ended[HW_SLIP_DROPPED] == 100); // too old
  line.far.answers[4] = 0x12;
  wait_for_state (&line, HW_PRINTER_READY);
  g_object_get (line.printer, "paper-mm", &paper_mm, NULL);
  g_assert_cmpuint (paper_mm, ==, HW_PRINTER_ROLL_MM); // somebody put a new roll in
  (void) hw_printer_print (line.printer, &SLIP);
  WAIT_UNTIL (line.n_ended[HW_SLIP_PRINTED] == 1);
  g_assert_cmpuint (line.far.paper->slips->len, ==, 1);
  line_clear (&line);
}

static void
test_a_printer_that_cannot_answer_prints_unconfirmed (void)
{
  Line line;
  line_init (&line);
  line.far.is_mute = TRUE;
  (void) hw_printer_print (line.printer, &SLIP);
  WAIT_UNTIL (line.n_ended[HW_SLIP_UNCONFIRMED] + line.n_ended[HW_SLIP_DROPPED] == 1);
  (void) hw_printer_print (line.printer, &SLIP);
  WAIT_UNTIL (line.n_ended[HW_SLIP_UNCONFIRMED] >= 1);
  WAIT_UNTIL (line.far.paper->slips->len == line.n_ended[HW_SLIP_UNCONFIRMED]);
  g_assert_cmpuint (line.n_ended[HW_SLIP_PRINTED], ==, 0);
  line_clear (&line);
}

static void
test_without_done_a_slip_is_unconfirmed_and_not_repeated (void)
{
  Line line;
  line_init (&line);
  line.far.is_mute_about_slips = TRUE;
  (void) hw_printer_print (line.printer, &SLIP);
  WAIT_UNTIL (line.n_ended[HW_SLIP_UNCONFIRMED] == 1);
  line.far.is_mute_about_slips = FALSE;
  (void) hw_printer_print (line.printer, &SLIP);
  WAIT_UNTIL (line.n_ended[HW_SLIP_PRINTED] == 1);
  g_assert_cmpuint (line.far.paper->slips->len, ==, 2);
  line_clear (&line);
}

static void
write_far (Line *line, const char *bytes, gsize len)
{
  g_assert_cmpint (write (line->far.fd, bytes, len), ==, (gssize) len);
}

static void
test_reports_show_at_once_and_flapping_does_not (void)
{
  Line line;
  line_init (&line);
  wait_for_state (&line, HW_PRINTER_READY);
  line.n_states = 0;
  write_far (&line, "\x30\x00\x00\x0f", 4); // the cover is open
  wait_for_state (&line, HW_PRINTER_COVER_OPEN);
  for (guint i = 0; i < 50; i++) {
    write_far (&line, i % 2 == 0 ? "\x10\x00\x00\x0f" : "\x30\x00\x00\x0f", 4);
    (void) g_main_context_iteration (NULL, TRUE);
  }
  write_far (&line, "\x10\x00\x00\x0f", 4);
  wait_for_state (&line, HW_PRINTER_READY);
  g_assert_cmpuint (line.n_states, ==, 2);
  line_clear (&line);
}

static void
test_a_flood_of_reports_is_one_state (void)
{
  Line line;
  line_init (&line);
  wait_for_state (&line, HW_PRINTER_READY);
  line.n_states = 0;
  for (guint i = 0; i < N_FLOOD; i++) { // as fast as it is taken
    write_far (&line, "\x30\x00\x00\x0f", 4);
    (void) g_main_context_iteration (NULL, i % 16 == 0);
  }
  wait_for_state (&line, HW_PRINTER_COVER_OPEN);
  g_assert_cmpuint (line.n_states, ==, 1);
  write_far (&line, "\x10\x00\x00\x0f", 4);
  wait_for_state (&line, HW_PRINTER_READY);
  (void) hw_printer_print (line.printer, &SLIP); // it still listens
  WAIT_UNTIL (line.n_ended[HW_SLIP_PRINTED] == 1);
  line_clear (&line);
}

// A printer that stops in the middle keeps its half; the next slip is whole.
static void
test_half_a_slip_is_not_sent_again (void)
{
  Line line;
  line_init (&line);
  wait_for_state (&line, HW_PRINTER_READY);
  g_clear_handle_id (&line.far.in_id, g_source_remove); // takes only what the line buffers
  (void) hw_printer_print (line.printer, &SLIP);
  WAIT_UNTIL (line.n_ended[HW_SLIP_UNCONFIRMED] == 1);
  g_assert_cmpint (hw_printer_get_state (line.printer), ==, HW_PRINTER_OFFLINE);
  far_listen (&line.far);
  wait_for_state (&line, HW_PRINTER_READY);
  g_assert_cmpuint (line.far.paper->slips->len, ==, 0);
  (void) hw_printer_print (line.printer, &SLIP);
  WAIT_UNTIL (line.n_ended[HW_SLIP_PRINTED] == 1);
  g_assert_cmpuint (line.far.paper->slips->len, ==, 1);
  g_autofree char *code = paper_read_code (line.far.paper->slips->pdata[0]);
  g_assert_cmpstr (code, ==, SLIP.code);
  line_clear (&line);
}

static gboolean
on_connection (GSocketService *service, GSocketConnection *connection, GObject *source, Line *line)
{
  far_clear (&line->far);
  far_init (&line->far, dup (g_socket_get_fd (g_socket_connection_get_socket (connection))));
  return TRUE;
}

static void
test_finds_a_network_printer_again (void)
{
  Line line = { .keep_fd = -1 };
  g_autoptr (GSocketService) service = g_socket_service_new ();
  guint16 number = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, NULL);
  g_autofree char *port = g_strdup_printf ("tcp:127.0.0.1:%u", number);
  far_init (&line.far, -1);
  g_signal_connect (service, "incoming", G_CALLBACK (on_connection), &line);
  line.printer = HW_PRINTER (hw_printer_escpos_new (port, HW_SLIP_WIDTH_58_MM));
  line_watch (&line);
  wait_for_state (&line, HW_PRINTER_READY);

  far_clear (&line.far); // switched off
  far_init (&line.far, -1);
  wait_for_state (&line, HW_PRINTER_MISSING);
  (void) hw_printer_print (line.printer, &SLIP);
  WAIT_UNTIL (line.n_ended[HW_SLIP_PRINTED] == 1);
  g_assert_cmpuint (line.far.paper->slips->len, ==, 1);

  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
  line_clear (&line);
}

static void
test_ignores_a_web_server (void)
{
  Line line;
  line_init (&line);
  line.far.is_mute = TRUE;
  const char answer[] = "HTTP/1.1 302 Found\r\n\r\n<html>\x80\xff";
  write_far (&line, answer, sizeof answer - 1);
  WAIT_UNTIL (hw_printer_get_state (line.printer) != HW_PRINTER_STARTING);
  g_assert_cmpint (hw_printer_get_state (line.printer), ==, HW_PRINTER_READY); // mute, that is
  line_clear (&line);
}

// What is under way ends without it.
static void
line_drop (Line *line)
{
  g_object_run_dispose (G_OBJECT (line->printer));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  line_clear (line);
}

static void
test_may_go_in_the_middle (void)
{
  Line line;
  line_init (&line);
  (void) hw_printer_print (line.printer, &SLIP);
  line_drop (&line); // while it is being opened
  line_init (&line);
  wait_for_state (&line, HW_PRINTER_READY);
  (void) hw_printer_print (line.printer, &SLIP);
  line_drop (&line); // while a slip is being sent
}

static void
test_a_missing_device_is_a_state (void)
{
  Line line = { .keep_fd = -1 };
  far_init (&line.far, -1);
  line.printer = HW_PRINTER (hw_printer_escpos_new ("device:/dev/no-such-printer", 384));
  line_watch (&line);
  wait_for_state (&line, HW_PRINTER_MISSING);
  line_clear (&line);
}

static void
test_checks_ports (void)
{
  static const struct {
    const char *port;
    gboolean is_valid;
  } cases[] = {
    { "usb:04b8:0e28", TRUE },
    { "usb:04b8", FALSE },
    { "usb:04b8:0e2g", FALSE },
    { "usb:04b8:0e281", FALSE },
    { "device:/dev/usb/lp0", TRUE },
    { "device:lp0", FALSE },
    { "serial:/dev/ttyS0@9600", TRUE },
    { "serial:/dev/ttyS0", FALSE },
    { "serial:/dev/ttyS0@9601", FALSE },
    { "tcp:10.0.0.7:9100", TRUE },
    { "tcp:10.0.0.7:", FALSE },
    { "tcp::9100", FALSE },
    { "tcp:printer:70000", FALSE },
    { "lp0", FALSE },
    { "", FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].port);
    g_assert_cmpint (hw_printer_port_is_valid (cases[i].port), ==, cases[i].is_valid);
  }
}

static void
test_a_folder_is_a_printer (void)
{
  g_autofree char *top = g_dir_make_tmp ("tramxanh-printer-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (top, "slips", NULL);
  g_autofree char *path = g_build_filename (folder, "slip-0001.png", NULL);
  Line line = { .printer = HW_PRINTER (hw_printer_file_new (folder, HW_SLIP_WIDTH_80_MM)) };
  line_watch (&line);
  (void) hw_printer_print (line.printer, &SLIP);
  g_assert_cmpuint (line.n_ended[HW_SLIP_PRINTED], ==, 0);
  WAIT_UNTIL (line.n_ended[HW_SLIP_PRINTED] == 1);
  cairo_surface_t *page = cairo_image_surface_create_from_png (path);
  g_assert_cmpint (cairo_image_surface_get_width (page), ==, HW_SLIP_WIDTH_80_MM);
  cairo_surface_destroy (page);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);

  g_assert_true (g_file_set_contents (folder, "", 0, NULL)); // no folder any more
  (void) hw_printer_print (line.printer, &SLIP);
  WAIT_UNTIL (line.n_ended[HW_SLIP_DROPPED] == 1);
  g_assert_cmpint (hw_printer_get_state (line.printer), ==, HW_PRINTER_MISSING);
  g_signal_handlers_disconnect_by_data (line.printer, &line);
  g_assert_finalize_object (line.printer);
  g_assert_cmpint (g_remove (folder), ==, 0);
  g_assert_cmpint (g_rmdir (top), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hw/printer/checks-ports", test_checks_ports);
  g_test_add_func ("/hw/printer/prints-once-and-says-so", test_prints_once_and_says_so);
  g_test_add_func ("/hw/printer/says-what-is-the-matter", test_says_what_is_the_matter);
  g_test_add_func ("/hw/printer/no-burst-after-paper-was-out", test_no_burst_after_paper_was_out);
  g_test_add_func ("/hw/printer/one-that-cannot-answer-prints-unconfirmed",
                   test_a_printer_that_cannot_answer_prints_unconfirmed);
  g_test_add_func ("/hw/printer/without-done-a-slip-is-unconfirmed-and-not-repeated",
                   test_without_done_a_slip_is_unconfirmed_and_not_repeated);
  g_test_add_func ("/hw/printer/reports-show-at-once-and-flapping-does-not",
                   test_reports_show_at_once_and_flapping_does_not);
  g_test_add_func ("/hw/printer/a-flood-of-reports-is-one-state",
                   test_a_flood_of_reports_is_one_state);
  g_test_add_func ("/hw/printer/half-a-slip-is-not-sent-again", test_half_a_slip_is_not_sent_again);
  g_test_add_func ("/hw/printer/finds-a-network-printer-again", test_finds_a_network_printer_again);
  g_test_add_func ("/hw/printer/ignores-a-web-server", test_ignores_a_web_server);
  g_test_add_func ("/hw/printer/may-go-in-the-middle", test_may_go_in_the_middle);
  g_test_add_func ("/hw/printer/a-missing-device-is-a-state", test_a_missing_device_is_a_state);
  g_test_add_func ("/hw/printer/a-folder-is-a-printer", test_a_folder_is_a_printer);
  return g_test_run ();
}
