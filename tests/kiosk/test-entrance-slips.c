// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who gets a slip, what is on it, and that nobody waits for one.

#include "kiosk/entrance/entrance-slips.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#include "kiosk/entrance/entrance-printer-power.h"
#include "tests/fakes/fake-panel.h"
#include "tests/fakes/fake-printer.h"
#include "tests/kiosk/entrance-door.h"

typedef struct {
  Door *door;
  FakePrinter *printer;
  EntranceSlips *slips;
  JournalPassKey *pass_key;
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer prints_always)
{
  g_autoptr (GError) error = NULL;
  fixture->folder = g_dir_make_tmp ("tramxanh-slips-XXXXXX", &error);
  fixture->pass_key = journal_pass_key_open (fixture->folder, &error);
  g_assert_no_error (error);
  fixture->door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  fixture->printer = fake_printer_new ();
  fixture->slips = entrance_slips_new (
      fixture->door->session, &fixture->door->profile, ENTRANCE_CLOCK (fixture->door->clock),
      HW_PRINTER (fixture->printer), fixture->pass_key, GPOINTER_TO_INT (prints_always));
}

static void
tear_down (Fixture *fixture, gconstpointer prints_always)
{
  g_autofree char *path = g_build_filename (fixture->folder, "pass.key", NULL);
  g_assert_finalize_object (fixture->slips);
  g_assert_finalize_object (fixture->printer);
  door_free (fixture->door);
  journal_pass_key_free (fixture->pass_key);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
}

static void
assert_slips (Fixture *fixture, guint n_slips)
{
  g_assert_cmpuint (fake_printer_get_n_slips (fixture->printer), ==, n_slips);
}

static void
test_prints_for_the_last_visitor (Fixture *fixture, gconstpointer unused)
{
  entrance_slips_press_print (fixture->slips); // nobody was here
  assert_slips (fixture, 0);
  door_show_and_settle (fixture->door, PERSON_AN);
  assert_slips (fixture, 0);
  door_wait (fixture->door, 9900);
  entrance_slips_press_print (fixture->slips);
  assert_slips (fixture, 1);
}

static void
test_not_after_ten_seconds (Fixture *fixture, gconstpointer unused)
{
  door_show_and_settle (fixture->door, PERSON_AN);
  door_wait (fixture->door, 10100);
  entrance_slips_press_print (fixture->slips);
  assert_slips (fixture, 0);
}

static void
test_a_held_button_prints_no_roll (Fixture *fixture, gconstpointer unused)
{
  door_show_and_settle (fixture->door, PERSON_AN);
  for (guint i = 0; i < 20; i++)
    entrance_slips_press_print (fixture->slips);
  assert_slips (fixture, 1);
  door_wait (fixture->door, 2000);
  entrance_slips_press_print (fixture->slips); // paper was torn: once more
  assert_slips (fixture, 2);
}

static void
test_only_an_arrival_is_worth_a_slip (Fixture *fixture, gconstpointer unused)
{
  door_show_and_settle (fixture->door, "https://example.org/");
  entrance_slips_press_print (fixture->slips);
  fake_journal_fail_next (fixture->door->journal, JOURNAL_ERROR_STORAGE);
  door_show_and_settle (fixture->door, PERSON_BA); // not recorded
  entrance_slips_press_print (fixture->slips);
  assert_slips (fixture, 0);
}

static void
test_leaving_needs_no_slip (Fixture *fixture, gconstpointer unused)
{
  door_show_and_settle (fixture->door, PERSON_AN);
  door_wait (fixture->door, 11000);
  entrance_session_press_leaving (fixture->door->session);
  door_show_and_settle (fixture->door, PERSON_AN);
  g_assert_cmpint (door_view (fixture->door)->message, ==, ENTRANCE_MESSAGE_GOODBYE);
  entrance_slips_press_print (fixture->slips);
  assert_slips (fixture, 0);
}

static void
test_prints_for_everybody_once (Fixture *fixture, gconstpointer always)
{
  door_show_and_settle (fixture->door, PERSON_AN);
  assert_slips (fixture, 1);
  door_wait (fixture->door, 3000);
  door_show_and_settle (fixture->door, PERSON_AN); // the same answer again is no arrival
  assert_slips (fixture, 1);
  door_show_and_settle (fixture->door, PERSON_BA);
  assert_slips (fixture, 2);
}

static bool
verify (const uint8_t key[32],
        const uint8_t *message,
        size_t message_len,
        const uint8_t signature[64],
        void *user_data)
{
  return crypto_sign_verify_detached (signature, message, message_len, key) == 0;
}

static void
test_carries_venue_time_and_pass_only (Fixture *fixture, gconstpointer always)
{
  door_show_and_settle (fixture->door, PERSON_AN);
  const HwSlip *slip = fake_printer_get_last_slip (fixture->printer);
  g_assert_cmpstr (slip->venue, ==, "Test");
  g_assert_cmpstr (slip->time, ==, "25/11/2026 00:00");

  struct ct_read_context context = {
    .pass_keys = journal_pass_key_get_public (fixture->pass_key),
    .n_pass_keys = 1,
    .verify = verify,
    .now_s = 1795564800 + 15 * 3600,
    .clock_trusted = true,
  };
  struct ct_credential credential;
  enum ct_kind kind;
  const uint8_t *code = (const uint8_t *) slip->code;
  g_assert_cmpint (ct_credential_read (&context, code, strlen (slip->code), &credential, &kind), ==,
                   CT_REFUSAL_NONE);
  g_assert_cmpint (credential.kind, ==, CT_KIND_PASS);
  g_assert_cmpstr (credential.name, ==, "");
  g_assert_true (g_str_has_prefix (credential.subject, "pass:"));
  context.now_s += 2 * 3600; // longer than anybody stays
  g_assert_cmpint (ct_credential_read (&context, code, strlen (slip->code), &credential, &kind), ==,
                   CT_REFUSAL_EXPIRED);
}

static void
test_paper_shows_and_entry_goes_on (Fixture *fixture, gconstpointer always)
{
  g_assert_cmpint (door_view (fixture->door)->paper, ==, ENTRANCE_PAPER_FINE);
  fake_printer_set_paper_low (fixture->printer, TRUE);
  g_assert_cmpint (door_view (fixture->door)->paper, ==, ENTRANCE_PAPER_LOW);
  fake_printer_set_state (fixture->printer, HW_PRINTER_PAPER_OUT);
  g_assert_cmpint (door_view (fixture->door)->paper, ==, ENTRANCE_PAPER_OUT);
  g_assert_cmpint (door_view (fixture->door)->page, ==, ENTRANCE_PAGE_WAITING);
  door_show_and_settle (fixture->door, PERSON_AN);
  g_assert_cmpint (door_view (fixture->door)->tone, ==, ENTRANCE_TONE_GREEN);
  fake_printer_set_state (fixture->printer, HW_PRINTER_MISSING);
  g_assert_cmpint (door_view (fixture->door)->paper, ==, ENTRANCE_PAPER_TROUBLE);
}

static void
test_the_sensor_counts_too (Fixture *fixture, gconstpointer unused)
{
  fake_printer_set_state (fixture->printer, HW_PRINTER_READY);
  entrance_slips_set_paper_sensor (fixture->slips, TRUE);
  g_assert_cmpint (door_view (fixture->door)->paper, ==, ENTRANCE_PAPER_OUT);
  fake_printer_set_paper_low (fixture->printer, TRUE);
  g_assert_cmpint (door_view (fixture->door)->paper, ==, ENTRANCE_PAPER_OUT);
  entrance_slips_set_paper_sensor (fixture->slips, FALSE);
  g_assert_cmpint (door_view (fixture->door)->paper, ==, ENTRANCE_PAPER_LOW);
}

static void
test_a_lost_printer_is_switched_off_and_on (Fixture *fixture, gconstpointer unused)
{
  FakePanel *panel = fake_panel_new ();
  EntrancePrinterPower *power = entrance_printer_power_new (
      ENTRANCE_CLOCK (fixture->door->clock), HW_PRINTER (fixture->printer), HW_PANEL (panel));
  g_assert_true (fake_panel_has_printer_power (panel));
  fake_printer_set_state (fixture->printer, HW_PRINTER_PAPER_OUT); // wants a hand
  door_wait (fixture->door, 2 * ENTRANCE_PRINTER_LOST_MS);
  g_assert_true (fake_panel_has_printer_power (panel));
  fake_printer_set_state (fixture->printer, HW_PRINTER_OFFLINE);
  door_wait (fixture->door, ENTRANCE_PRINTER_LOST_MS - 1);
  g_assert_true (fake_panel_has_printer_power (panel));
  door_wait (fixture->door, 1);
  g_assert_false (fake_panel_has_printer_power (panel));
  fake_printer_set_state (fixture->printer, HW_PRINTER_MISSING); // what else
  door_wait (fixture->door, ENTRANCE_PRINTER_OFF_MS);
  g_assert_true (fake_panel_has_printer_power (panel));
  door_wait (fixture->door, ENTRANCE_PRINTER_REST_MS + ENTRANCE_PRINTER_LOST_MS - 1);
  g_assert_true (fake_panel_has_printer_power (panel));
  door_wait (fixture->door, 1); // still lost: once more
  g_assert_false (fake_panel_has_printer_power (panel));
  door_wait (fixture->door, ENTRANCE_PRINTER_OFF_MS);
  fake_printer_set_state (fixture->printer, HW_PRINTER_READY);
  door_wait (fixture->door, 2 * ENTRANCE_PRINTER_REST_MS);
  g_assert_true (fake_panel_has_printer_power (panel));
  g_assert_finalize_object (power);
  g_assert_finalize_object (panel);
}

static void
test_the_key_is_made_once (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (JournalPassKey) again = journal_pass_key_open (fixture->folder, NULL);
  g_assert_cmpmem (journal_pass_key_get_public (again), sizeof (struct ct_pass_key),
                   journal_pass_key_get_public (fixture->pass_key), sizeof (struct ct_pass_key));
  g_autofree char *path = g_build_filename (fixture->folder, "pass.key", NULL);
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  g_autoptr (GError) error = NULL;
  g_assert_null (journal_pass_key_open (fixture->folder, &error));
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_KEYS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, always, func)                                                                    \
  g_test_add ("/entrance/slips/" name, Fixture, GINT_TO_POINTER (always), set_up, func, tear_down)
  ADD ("prints-for-the-last-visitor", FALSE, test_prints_for_the_last_visitor);
  ADD ("not-after-ten-seconds", FALSE, test_not_after_ten_seconds);
  ADD ("a-held-button-prints-no-roll", FALSE, test_a_held_button_prints_no_roll);
  ADD ("only-an-arrival-is-worth-a-slip", FALSE, test_only_an_arrival_is_worth_a_slip);
  ADD ("leaving-needs-no-slip", FALSE, test_leaving_needs_no_slip);
  ADD ("prints-for-everybody-once", TRUE, test_prints_for_everybody_once);
  ADD ("carries-venue-time-and-pass-only", TRUE, test_carries_venue_time_and_pass_only);
  ADD ("paper-shows-and-entry-goes-on", TRUE, test_paper_shows_and_entry_goes_on);
  ADD ("the-paper-sensor-counts-too", FALSE, test_the_sensor_counts_too);
  ADD ("a-lost-printer-is-switched-off-and-on", FALSE, test_a_lost_printer_is_switched_off_and_on);
  ADD ("the-key-is-made-once", FALSE, test_the_key_is_made_once);
  return g_test_run ();
}
