// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include <string.h>

#include "tests/kiosk/entrance-door.h"

static void
assert_shows (Door *door, EntrancePage page, EntranceTone tone, EntranceMessage message)
{
  const EntranceView *view = door_view (door);
  g_assert_cmpint (view->page, ==, page);
  g_assert_cmpint (view->tone, ==, tone);
  g_assert_cmpstr (entrance_message_to_string (view->message), ==,
                   entrance_message_to_string (message));
}

static void
assert_result (Door *door, EntranceTone tone, EntranceMessage message)
{
  assert_shows (door, ENTRANCE_PAGE_RESULT, tone, message);
}

static void
assert_waiting (Door *door)
{
  assert_shows (door, ENTRANCE_PAGE_WAITING, ENTRANCE_TONE_NONE, ENTRANCE_MESSAGE_NONE);
}

static void
goes_green_only_with_the_token (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  fake_journal_hold (door->journal);
  door_show_and_settle (door, PERSON_AN);
  assert_waiting (door);
  g_assert_cmpint (fake_panel_get_lamp (door->panel), ==, HW_LAMP_OFF);
  fake_journal_release (door->journal);
  assert_result (door, ENTRANCE_TONE_GREEN, ENTRANCE_MESSAGE_WELCOME);
  g_assert_cmpint (fake_panel_get_lamp (door->panel), ==, HW_LAMP_GREEN);
  g_assert_cmpstr (door_view (door)->masked_name, ==, "N. V. An");
  g_assert_cmpuint (door_view (door)->people_inside, ==, 1);
  g_assert_cmpint (door_view (door)->at_ms, >, 0);
}

static void
is_ready_again_after_the_result (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  door_show_and_settle (door, PERSON_AN);
  door_wait (door, 2499);
  assert_result (door, ENTRANCE_TONE_GREEN, ENTRANCE_MESSAGE_WELCOME);
  door_wait (door, 1);
  assert_waiting (door);
  g_assert_cmpint (fake_panel_get_lamp (door->panel), ==, HW_LAMP_OFF);
  g_assert_null (door_view (door)->masked_name);
}

static void
opens_the_door_only_for_a_record (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  door_show_and_settle (door, "https://example.org/menu");
  g_assert_cmpint (fake_panel_get_buzz (door->panel), ==, HW_BUZZ_LONG);
  door_wait (door, 60000);
  fake_journal_hold (door->journal);
  door_show (door, PERSON_AN, NULL);
  g_assert_cmpuint (fake_panel_get_n_doors (door->panel), ==, 0); // not written yet
  fake_journal_release (door->journal);
  fake_journal_settle (door->journal);
  g_assert_cmpuint (fake_panel_get_n_doors (door->panel), ==, 1);
  g_assert_cmpint (fake_panel_get_buzz (door->panel), ==, HW_BUZZ_SHORT);
}

static void
takes_the_next_visitor_while_a_result_shows (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  for (guint i = 0; i < 20; i++) {
    g_autofree char *person = door_person (i);
    door_show_and_settle (door, person);
    assert_result (door, ENTRANCE_TONE_GREEN, ENTRANCE_MESSAGE_WELCOME);
    door_wait (door, 1000);
  }
  g_assert_cmpuint (fake_journal_get_n_opened (door->journal), ==, 20);
  g_assert_cmpuint (door->n_greens, ==, 20);
}

static void
hold (Door *door, const char *payload, guint seconds)
{
  for (guint i = 0; i < seconds * 4; i++) {
    door_wait (door, i % 40 == 39 ? 3000 : 250); // now and then the decoder misses it for 3 s
    door_show_and_settle (door, payload);
  }
}

static void
answers_a_code_that_stays_in_view_once (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_CHECK_OUT);
  door_show_and_settle (door, PERSON_AN);
  hold (door, PERSON_AN, 600);
  g_assert_cmpuint (fake_journal_get_n_opened (door->journal), ==, 1);
  g_assert_cmpuint (fake_journal_get_n_closed (door->journal), ==, 0);
  g_assert_cmpuint (door->n_greens, ==, 1);
}

static void
says_the_same_again_within_the_cool_down (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_CHECK_OUT);
  door_show_and_settle (door, PERSON_AN);
  door_wait (door, 5000);
  assert_waiting (door);
  door_show_and_settle (door, PERSON_AN);
  assert_result (door, ENTRANCE_TONE_GREEN, ENTRANCE_MESSAGE_WELCOME);
  g_assert_true (door_view (door)->is_repeat);
  g_assert_cmpuint (fake_journal_get_n_committed (door->journal), ==, 1);
}

static void
says_since_when_somebody_is_inside (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  door_show_and_settle (door, PERSON_AN);
  gint64 arrived_ms = door_view (door)->at_ms;
  door_wait (door, 14 * 60 * 1000);
  door_show_and_settle (door, PERSON_AN);
  assert_result (door, ENTRANCE_TONE_AMBER, ENTRANCE_MESSAGE_ALREADY_HERE);
  g_assert_cmpint (door_view (door)->since_ms, ==, arrived_ms);
  g_assert_cmpint (fake_panel_get_lamp (door->panel), ==, HW_LAMP_AMBER);
  g_assert_cmpuint (fake_journal_get_n_committed (door->journal), ==, 1);
}

static void
checks_out_with_the_second_scan_where_the_venue_wants_it (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_CHECK_OUT);
  door_show_and_settle (door, PERSON_AN);
  door_wait (door, 60000);
  door_show_and_settle (door, PERSON_AN);
  assert_result (door, ENTRANCE_TONE_GREEN, ENTRANCE_MESSAGE_GOODBYE);
  g_assert_cmpuint (fake_journal_get_n_closed (door->journal), ==, 1);
  g_assert_cmpuint (door_view (door)->people_inside, ==, 0);
}

static void
leaves_by_the_button (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  door_show_and_settle (door, PERSON_AN);
  door_wait (door, 5000);
  entrance_session_press_leaving (door->session);
  g_assert_cmpint (door_view (door)->direction, ==, ENTRANCE_DIRECTION_LEAVING);
  door_show_and_settle (door, PERSON_AN);
  assert_result (door, ENTRANCE_TONE_GREEN, ENTRANCE_MESSAGE_GOODBYE);
  g_assert_cmpint (door_view (door)->direction, ==, ENTRANCE_DIRECTION_ARRIVING);
  // The card is still in the picture: nobody came.
  for (guint i = 0; i < 40; i++) {
    door_wait (door, 250);
    door_show_and_settle (door, PERSON_AN);
  }
  g_assert_cmpuint (fake_journal_get_n_opened (door->journal), ==, 1);
  g_assert_cmpuint (door_view (door)->people_inside, ==, 0);
}

static void
records_who_comes_back_at_once (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  door_show_and_settle (door, PERSON_AN);
  door_wait (door, 2000);
  entrance_session_press_leaving (door->session);
  door_show_and_settle (door, PERSON_AN);
  door_wait (door, 2000);
  door_show_and_settle (door, PERSON_AN);
  assert_result (door, ENTRANCE_TONE_GREEN, ENTRANCE_MESSAGE_WELCOME);
  g_assert_false (door_view (door)->is_repeat);
  g_assert_cmpuint (fake_journal_get_n_opened (door->journal), ==, 2);
  g_assert_cmpuint (door_view (door)->people_inside, ==, 1);
}

static void
does_not_let_out_who_never_came (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  entrance_session_press_leaving (door->session);
  door_show_and_settle (door, PERSON_AN);
  assert_result (door, ENTRANCE_TONE_AMBER, ENTRANCE_MESSAGE_NOT_INSIDE);
  g_assert_cmpuint (fake_journal_get_n_committed (door->journal), ==, 0);
}

static void
forgets_the_leaving_button_after_15_seconds (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  entrance_session_press_leaving (door->session);
  door_wait (door, 14999);
  g_assert_cmpint (door_view (door)->direction, ==, ENTRANCE_DIRECTION_LEAVING);
  door_wait (door, 1);
  g_assert_cmpint (door_view (door)->direction, ==, ENTRANCE_DIRECTION_ARRIVING);
}

static void
asks_for_one_at_a_time (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  door_show (door, PERSON_AN, PERSON_BA, NULL);
  fake_journal_settle (door->journal);
  assert_result (door, ENTRANCE_TONE_AMBER, ENTRANCE_MESSAGE_ONE_AT_A_TIME);
  g_assert_cmpuint (fake_journal_get_n_committed (door->journal), ==, 0);
  door_show (door, PERSON_AN, PERSON_AN, NULL); // one person's two cards are one person
  fake_journal_settle (door->journal);
  assert_result (door, ENTRANCE_TONE_GREEN, ENTRANCE_MESSAGE_WELCOME);
}

static void
does_not_mind_a_link_beside_a_card (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  door_show (door, "https://example.org/", PERSON_AN, NULL);
  fake_journal_settle (door->journal);
  assert_result (door, ENTRANCE_TONE_GREEN, ENTRANCE_MESSAGE_WELCOME);
  door_wait (door, 100);
  door_show_and_settle (door, "https://example.org/"); // the card was missed in this frame
  assert_result (door, ENTRANCE_TONE_GREEN, ENTRANCE_MESSAGE_WELCOME);
  g_assert_cmpuint (door->n_decided, ==, 1);
  for (guint i = 0; i < 12; i++) { // the next visitor has only the link
    door_wait (door, 100);
    door_show_and_settle (door, "https://example.org/");
  }
  assert_result (door, ENTRANCE_TONE_RED, ENTRANCE_MESSAGE_LINK);
  g_assert_cmpuint (door->n_decided, ==, 2);
}

static void
answers_every_kind_of_wrong_code (void)
{
  static const struct {
    const char *payload;
    EntranceTone tone;
    EntranceMessage message;
  } cases[] = {
    { "", ENTRANCE_TONE_AMBER, ENTRANCE_MESSAGE_MULTI_PART },
    { "  \r\n", ENTRANCE_TONE_RED, ENTRANCE_MESSAGE_EMPTY },
    { "\xff\xfe|a", ENTRANCE_TONE_RED, ENTRANCE_MESSAGE_UNREADABLE },
    { "just some words", ENTRANCE_TONE_RED, ENTRANCE_MESSAGE_UNKNOWN_CODE },
    { "https://example.org/", ENTRANCE_TONE_RED, ENTRANCE_MESSAGE_LINK },
    { "WIFI:T:WPA;S:x;P:y;;", ENTRANCE_TONE_RED, ENTRANCE_MESSAGE_WIFI },
    { "otpauth://totp/x?secret=ABC", ENTRANCE_TONE_RED, ENTRANCE_MESSAGE_SECRET },
    { "HC1:6BF", ENTRANCE_TONE_AMBER, ENTRANCE_MESSAGE_HEALTH_PASS },
    { "UKC19TRACING:1:x.y.z", ENTRANCE_TONE_RED, ENTRANCE_MESSAGE_VENUE_POSTER },
    { "079090012345||Nguyễn Văn An|31021990|Nam|Hà Tĩnh|10052021", ENTRANCE_TONE_RED,
      ENTRANCE_MESSAGE_DAMAGED },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
    door_show_and_settle (door, cases[i].payload);
    assert_result (door, cases[i].tone, cases[i].message);
    g_assert_cmpint (fake_panel_get_lamp (door->panel), ==,
                     cases[i].tone == ENTRANCE_TONE_RED ? HW_LAMP_RED : HW_LAMP_AMBER);
    g_assert_cmpuint (fake_journal_get_n_committed (door->journal), ==, 0);
    door_wait (door, 200);
    door_show_and_settle (door, cases[i].payload);
    g_assert_cmpuint (door->n_decided, ==, 1); // still held up: said once
  }
}

static void
records_a_doubtful_card_and_asks_for_staff (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  door_show_and_settle (door, PERSON_ODD);
  assert_result (door, ENTRANCE_TONE_AMBER, ENTRANCE_MESSAGE_ASK_STAFF);
  g_assert_cmpuint (fake_journal_get_n_opened (door->journal), ==, 1);
  g_assert_cmpuint (fake_panel_get_n_greens (door->panel), ==, 0);
}

static void
tells_also_who_took_the_code_away (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  fake_journal_hold (door->journal);
  door_show (door, PERSON_AN, NULL);
  fake_clock_advance (door->clock, 4000);
  fake_journal_release (door->journal);
  assert_result (door, ENTRANCE_TONE_GREEN, ENTRANCE_MESSAGE_WELCOME);
}

static void
lets_others_wait_for_a_slow_commit (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  fake_journal_hold (door->journal);
  for (guint i = 0; i < 7; i++) {
    g_autofree char *person = door_person (i);
    door_show (door, person, NULL);
    door_show (door, person, NULL);
  }
  fake_journal_release (door->journal);
  g_assert_cmpuint (fake_journal_get_n_opened (door->journal), ==,
                    5); // one under way, four waiting
  g_autofree char *sixth = door_person (5);
  door_show_and_settle (door, sixth); // it stayed in view: tried again with the next frame
  g_assert_cmpuint (fake_journal_get_n_opened (door->journal), ==, 6);
}

static void
scan (Door *door, const char *payload)
{
  g_autoptr (GBytes) bytes = g_bytes_new (payload, strlen (payload));
  entrance_session_take_scan (door->session, bytes);
  door_wait (door, 0);
}

static void
takes_codes_from_a_scanner (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  entrance_session_set_scanner_ready (door->session, TRUE);
  scan (door, PERSON_AN);
  assert_result (door, ENTRANCE_TONE_GREEN, ENTRANCE_MESSAGE_WELCOME);
  door_show_and_settle (door, PERSON_AN); // the camera sees it beside the scanner
  g_assert_cmpuint (door->n_decided, ==, 1);
  door_wait (door, 2000);
  scan (door, PERSON_AN); // within the cool-down
  g_assert_true (door_view (door)->is_repeat);
  g_assert_cmpuint (door->n_greens, ==, 1);
  scan (door, "https://example.org/menu");
  scan (door, PERSON_BA);
  assert_result (door, ENTRANCE_TONE_GREEN, ENTRANCE_MESSAGE_WELCOME);
  g_assert_cmpuint (door->n_greens, ==, 2);
}

static void
refuses_what_is_no_text (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  entrance_session_set_scanner_ready (door->session, TRUE);
  entrance_session_refuse_scan (door->session);
  assert_result (door, ENTRANCE_TONE_RED, ENTRANCE_MESSAGE_UNREADABLE);
  g_assert_cmpint (fake_panel_get_lamp (door->panel), ==, HW_LAMP_RED);
  g_assert_cmpuint (door->n_greens, ==, 0);
}

static void
is_in_service_with_a_scanner_and_no_camera (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  entrance_session_set_camera_state (door->session, HW_CAMERA_MISSING);
  door_wait (door, 6000);
  g_assert_cmpint (door_view (door)->page, ==, ENTRANCE_PAGE_OUT_OF_SERVICE);
  entrance_session_set_scanner_ready (door->session, TRUE);
  assert_waiting (door);
  g_assert_true (door_view (door)->camera_is_blind); // staff is told
  g_assert_cmpint (fake_panel_get_lamp (door->panel), ==, HW_LAMP_OFF);
  scan (door, PERSON_AN);
  assert_result (door, ENTRANCE_TONE_GREEN, ENTRANCE_MESSAGE_WELCOME);
  door_wait (door, 2500);
  entrance_session_set_scanner_ready (door->session, FALSE);
  g_assert_cmpint (door_view (door)->page, ==, ENTRANCE_PAGE_OUT_OF_SERVICE);
}

static void
is_out_of_service_without_a_camera_and_heals (void)
{
  static const struct {
    HwCameraState state;
    EntranceMessage message;
  } cases[] = {
    { HW_CAMERA_MISSING, ENTRANCE_MESSAGE_NO_CAMERA },
    { HW_CAMERA_BUSY, ENTRANCE_MESSAGE_CAMERA_BUSY },
    { HW_CAMERA_BAD_FORMAT, ENTRANCE_MESSAGE_CAMERA_FORMAT },
    { HW_CAMERA_FROZEN, ENTRANCE_MESSAGE_CAMERA_FROZEN },
    { HW_CAMERA_FAILED, ENTRANCE_MESSAGE_NO_CAMERA },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
    entrance_session_set_camera_state (door->session, cases[i].state);
    door_wait (door, 999);
    assert_waiting (door); // a hiccup
    door_wait (door, 1);
    assert_shows (door, ENTRANCE_PAGE_OUT_OF_SERVICE, ENTRANCE_TONE_NONE, cases[i].message);
    g_assert_cmpint (fake_panel_get_lamp (door->panel), ==, HW_LAMP_RED);
    door_show_and_settle (door, PERSON_AN);
    g_assert_cmpuint (door->n_decided, ==, 0);
    door_wait (door, 59000);
    entrance_session_set_camera_state (door->session, HW_CAMERA_READY);
    door_wait (door, 0);
    assert_waiting (door);
    g_assert_cmpint (fake_panel_get_lamp (door->panel), ==, HW_LAMP_OFF);
    g_assert_cmpuint (fake_journal_get_n_gaps (door->journal), ==, 1);
    g_assert_cmpint (fake_journal_get_last_gap_ms (door->journal), ==, 60000);
  }
}

static void
works_on_and_records_the_time_when_nothing_could_be_seen (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  entrance_session_set_camera_blind (door->session, TRUE);
  assert_waiting (door);
  g_assert_true (door_view (door)->camera_is_blind);
  door_wait (door, 60000);
  entrance_session_set_camera_blind (door->session, FALSE);
  door_wait (door, 0);
  g_assert_false (door_view (door)->camera_is_blind);
  g_assert_cmpuint (fake_journal_get_n_gaps (door->journal), ==, 1);
  g_assert_cmpint (fake_journal_get_last_gap_ms (door->journal), ==, 60000);
}

static void
says_so_when_a_visit_cannot_be_stored_and_heals (void)
{
  static const struct {
    JournalError error;
    EntranceMessage message;
  } cases[] = {
    { JOURNAL_ERROR_STORAGE, ENTRANCE_MESSAGE_JOURNAL_FAILED },
    { JOURNAL_ERROR_FULL, ENTRANCE_MESSAGE_DISK_FULL },
    { JOURNAL_ERROR_CORRUPT, ENTRANCE_MESSAGE_JOURNAL_FAILED },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
    fake_journal_fail_next (door->journal, cases[i].error);
    fake_journal_fail_next_open (door->journal, cases[i].error);
    door_show_and_settle (door, PERSON_AN);
    assert_result (door, ENTRANCE_TONE_RED, ENTRANCE_MESSAGE_NOT_RECORDED);
    g_assert_cmpuint (fake_panel_get_n_greens (door->panel), ==, 0);
    door_wait (door, 2500); // the first attempt to open it again failed at 2 s
    assert_shows (door, ENTRANCE_PAGE_OUT_OF_SERVICE, ENTRANCE_TONE_NONE, cases[i].message);
    g_assert_cmpuint (fake_journal_get_n_opens (door->journal), ==, 2);
    door_show_and_settle (door, PERSON_BA);
    g_assert_cmpuint (door->n_decided, ==, 1);
    door_wait (door, 4000); // twice as long as the first time
    g_assert_cmpuint (fake_journal_get_n_opens (door->journal), ==, 3);
    assert_waiting (door);
    door_show_and_settle (door, PERSON_AN); // the failure was no answer to be repeated
    assert_result (door, ENTRANCE_TONE_GREEN, ENTRANCE_MESSAGE_WELCOME);
  }
}

// The feed's request, say, which no visitor waits for.
static void
notices_a_journal_that_fails_for_others (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  fake_journal_fail_now (door->journal, JOURNAL_ERROR_STORAGE);
  assert_shows (door, ENTRANCE_PAGE_OUT_OF_SERVICE, ENTRANCE_TONE_NONE,
                ENTRANCE_MESSAGE_JOURNAL_FAILED);
  door_wait (door, 2500);
  g_assert_cmpuint (fake_journal_get_n_opens (door->journal), ==, 2);
  door_show_and_settle (door, PERSON_AN);
  assert_result (door, ENTRANCE_TONE_GREEN, ENTRANCE_MESSAGE_WELCOME);
}

static void
shows_help_without_a_code_for_a_while (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  entrance_session_press_no_code (door->session);
  g_assert_cmpint (door_view (door)->page, ==, ENTRANCE_PAGE_NO_CODE);
  entrance_session_press_back (door->session);
  assert_waiting (door);
  entrance_session_press_no_code (door->session);
  door_wait (door, 30000);
  assert_waiting (door);
  entrance_session_press_no_code (door->session);
  door_show_and_settle (door, PERSON_AN);
  assert_result (door, ENTRANCE_TONE_GREEN, ENTRANCE_MESSAGE_WELCOME);
  door_wait (door, 2500);
  assert_waiting (door);
}

static void
tidies_every_hour (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  door_wait (door, 59 * 60 * 1000);
  g_assert_cmpuint (fake_journal_get_n_tidied (door->journal), ==, 0);
  for (guint i = 0; i < 48; i++)
    door_wait (door, 30 * 60 * 1000);
  g_assert_cmpuint (fake_journal_get_n_tidied (door->journal), ==, 24);
}

static void
moves_its_clock_every_minute (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  gint64 before_ms = door_view (door)->now_ms;
  door_wait (door, 60000);
  g_assert_cmpint (door_view (door)->now_ms - before_ms, ==, 60000);
  fake_clock_set_quality (door->clock, JOURNAL_CLOCK_UNSET);
  door_wait (door, 60000);
  g_assert_false (door_view (door)->clock_trusted);
}

static void
may_go_away_in_the_middle_of_a_commit (void)
{
  Door *door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  fake_journal_hold (door->journal);
  door_show (door, PERSON_AN, NULL);
  door_show (door, PERSON_BA, NULL);
  door_free (door); // asserts that everything is finalized
}

static void
do_something (Door *door, GRand *random)
{
  g_autofree char *person = door_person ((guint) g_rand_int_range (random, 0, 12));
  g_autofree char *other = door_person ((guint) g_rand_int_range (random, 0, 12));
  switch (g_rand_int_range (random, 0, 14)) {
  case 0:
  case 1:
  case 2:
  case 3:
    door_show (door, person, NULL);
    break;
  case 4:
    door_show (door, person, other, NULL);
    break;
  case 5:
    door_show (door, "https://example.org/", NULL);
    break;
  case 6:
    entrance_session_press_leaving (door->session);
    break;
  case 7:
    entrance_session_press_no_code (door->session);
    break;
  case 8:
    entrance_session_press_back (door->session);
    break;
  case 9:
    entrance_session_set_camera_state (door->session,
                                       (HwCameraState) g_rand_int_range (random, 0, 7));
    break;
  case 10:
    entrance_session_set_camera_state (door->session, HW_CAMERA_READY);
    break;
  case 11:
    fake_journal_hold (door->journal);
    break;
  case 12:
    if (g_rand_int_range (random, 0, 20) == 0)
      fake_journal_fail_next (door->journal, (JournalError) g_rand_int_range (random, 0, 6));
    break;
  default:
    fake_journal_release (door->journal);
    fake_clock_advance (door->clock, (guint) g_rand_int_range (random, 0, 8000));
  }
}

static void
never_goes_green_without_a_record_whatever_happens (void)
{
  g_autoptr (Door) door = door_new (ENTRANCE_SECOND_SCAN_CHECK_OUT);
  g_autoptr (GRand) random = g_rand_new_with_seed (20261125);
  for (guint i = 0; i < 20000; i++) {
    do_something (door, random);
    const EntranceView *view = door_view (door);
    guint n_tokens =
        fake_journal_get_n_opened (door->journal) + fake_journal_get_n_closed (door->journal);
    g_assert_nonnull (view);
    g_assert_cmpuint (door->n_greens, <=, n_tokens);
    g_assert_true (view->tone == ENTRANCE_TONE_NONE || view->page == ENTRANCE_PAGE_RESULT);
    g_assert_true ((fake_panel_get_lamp (door->panel) == HW_LAMP_GREEN) ==
                   (view->tone == ENTRANCE_TONE_GREEN));
    g_assert_cmpuint (fake_clock_get_n_timeouts (door->clock), <=, 5);
  }
  g_assert_cmpuint (door->n_greens, >, 300);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (void);
  } tests[] = {
    { "goes-green-only-with-the-token", goes_green_only_with_the_token },
    { "is-ready-again-after-the-result", is_ready_again_after_the_result },
    { "opens-the-door-only-for-a-record", opens_the_door_only_for_a_record },
    { "takes-the-next-visitor-while-a-result-shows", takes_the_next_visitor_while_a_result_shows },
    { "answers-a-code-that-stays-in-view-once", answers_a_code_that_stays_in_view_once },
    { "says-the-same-again-within-the-cool-down", says_the_same_again_within_the_cool_down },
    { "says-since-when-somebody-is-inside", says_since_when_somebody_is_inside },
    { "checks-out-with-the-second-scan", checks_out_with_the_second_scan_where_the_venue_wants_it },
    { "leaves-by-the-button", leaves_by_the_button },
    { "records-who-comes-back-at-once", records_who_comes_back_at_once },
    { "does-not-let-out-who-never-came", does_not_let_out_who_never_came },
    { "forgets-the-leaving-button-after-15-seconds", forgets_the_leaving_button_after_15_seconds },
    { "asks-for-one-at-a-time", asks_for_one_at_a_time },
    { "does-not-mind-a-link-beside-a-card", does_not_mind_a_link_beside_a_card },
    { "answers-every-kind-of-wrong-code", answers_every_kind_of_wrong_code },
    { "records-a-doubtful-card-and-asks-for-staff", records_a_doubtful_card_and_asks_for_staff },
    { "tells-also-who-took-the-code-away", tells_also_who_took_the_code_away },
    { "lets-others-wait-for-a-slow-commit", lets_others_wait_for_a_slow_commit },
    { "takes-codes-from-a-scanner", takes_codes_from_a_scanner },
    { "refuses-what-is-no-text", refuses_what_is_no_text },
    { "is-in-service-with-a-scanner-and-no-camera", is_in_service_with_a_scanner_and_no_camera },
    { "is-out-of-service-without-a-camera-and-heals",
      is_out_of_service_without_a_camera_and_heals },
    { "works-on-when-nothing-can-be-seen",
      works_on_and_records_the_time_when_nothing_could_be_seen },
    { "says-so-when-a-visit-cannot-be-stored", says_so_when_a_visit_cannot_be_stored_and_heals },
    { "notices-a-journal-that-fails-for-others", notices_a_journal_that_fails_for_others },
    { "shows-help-without-a-code-for-a-while", shows_help_without_a_code_for_a_while },
    { "tidies-every-hour", tidies_every_hour },
    { "moves-its-clock-every-minute", moves_its_clock_every_minute },
    { "may-go-away-in-the-middle-of-a-commit", may_go_away_in_the_middle_of_a_commit },
    { "never-goes-green-without-a-record", never_goes_green_without_a_record_whatever_happens },
  };
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strconcat ("/entrance/session/", tests[i].path, NULL);
    g_test_add_func (path, tests[i].test);
  }
  return g_test_run ();
}
