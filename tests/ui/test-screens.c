// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every state of the screen, in both orientations, by day and by night, on a real compositor:
// nothing is cut off, nothing moves the layout, every button is as large as a thumb needs. The
// pictures stay in screenshots/ of the build folder.

#include "kiosk/ui/ui-messages.h"
#include "kiosk/ui/ui-result-page.h"
#include "kiosk/ui/ui-window.h"
#include "tests/kiosk/entrance-door.h"

#define BUTTON_MIN_PX 96
#define DEADLINE_US   (60 * G_USEC_PER_SEC)
#define LONG_NAME                                                                                  \
  "042090000321||Nguyễn Phúc Công Tằng Tôn Nữ Hoàng Thị Phương Quỳnh "             \
  "Nghiêm|15081990|Nam|X|10052021"

typedef struct {
  const char *name;
  int width_px, height_px;
  UiTheme theme;
} Screen;

static const Screen screens[] = {
  { "portrait-light", 1080, 1920, UI_THEME_LIGHT },
  { "portrait-dark", 1080, 1920, UI_THEME_DARK },
  { "landscape-light", 1920, 1080, UI_THEME_LIGHT },
  { "landscape-dark", 1920, 1080, UI_THEME_DARK },
};

static gboolean
wait_until_size (GtkWindow *window, const Screen *screen)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  GtkWidget *widget = GTK_WIDGET (window);
  while (g_get_monotonic_time () < deadline_us) {
    g_main_context_iteration (NULL, FALSE);
    if (gtk_widget_get_mapped (widget) && gtk_widget_get_width (widget) == screen->width_px &&
        gtk_widget_get_height (widget) == screen->height_px)
      return TRUE;
  }
  return FALSE;
}

static void
on_after_paint (GdkFrameClock *clock, guint *n_painted)
{
  (*n_painted)++;
}

// Two frames, so that what the first one laid out anew was drawn.
static void
let_it_paint (GtkWindow *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));
  guint n_painted = 0;
  gulong id = g_signal_connect (clock, "after-paint", G_CALLBACK (on_after_paint), &n_painted);
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  for (guint seen = 0; seen < 2 && g_get_monotonic_time () < deadline_us; seen = n_painted) {
    gtk_widget_queue_draw (GTK_WIDGET (window));
    while (n_painted == seen && g_get_monotonic_time () < deadline_us)
      g_main_context_iteration (NULL, FALSE);
  }
  g_signal_handler_disconnect (clock, id);
  g_assert_cmpuint (n_painted, >=, 2);
}

static gboolean
may_be_cut (GtkLabel *label)
{
  GtkWidget *widget = GTK_WIDGET (label);
  return gtk_widget_has_css_class (widget, "venue") || gtk_widget_has_css_class (widget, "display");
}

// Words are whole, buttons large, and everything is inside the window.
static void
look_at (GtkWidget *widget, GtkWidget *window)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  graphene_rect_t bounds;
  g_assert_true (gtk_widget_compute_bounds (widget, window, &bounds));
  if (GTK_IS_LABEL (widget)) {
    PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (widget));
    if (!may_be_cut (GTK_LABEL (widget)) && pango_layout_is_ellipsized (layout))
      g_error ("cut off: %s", gtk_label_get_text (GTK_LABEL (widget)));
  }
  if (GTK_IS_BUTTON (widget)) {
    g_assert_cmpfloat (bounds.size.width, >=, BUTTON_MIN_PX);
    g_assert_cmpfloat (bounds.size.height, >=, BUTTON_MIN_PX);
  }
  if (GTK_IS_LABEL (widget) || GTK_IS_BUTTON (widget)) {
    g_assert_cmpfloat (bounds.origin.x, >=, 0);
    g_assert_cmpfloat (bounds.origin.y, >=, 0);
    g_assert_cmpfloat (bounds.origin.x + bounds.size.width, <=, gtk_widget_get_width (window));
    g_assert_cmpfloat (bounds.origin.y + bounds.size.height, <=, gtk_widget_get_height (window));
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    look_at (child, window);
}

static GtkLabel *
find_label (GtkWidget *widget, const char *text)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) &&
      g_strcmp0 (gtk_label_get_text (GTK_LABEL (widget)), text) == 0)
    return GTK_LABEL (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkLabel *found = find_label (child, text);
    if (found != NULL)
      return found;
  }
  return NULL;
}

// The first that has @words in its text; NULL for NULL.
static GtkLabel *
find_label_with (GtkWidget *widget, const char *words)
{
  if (words == NULL)
    return NULL;
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) &&
      strstr (gtk_label_get_text (GTK_LABEL (widget)), words) != NULL)
    return GTK_LABEL (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkLabel *found = find_label_with (child, words);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static GtkWidget *
find_button (GtkWidget *widget, const char *text)
{
  GtkLabel *label = find_label (widget, text);
  return label != NULL ? gtk_widget_get_ancestor (GTK_WIDGET (label), GTK_TYPE_BUTTON) : NULL;
}

typedef struct {
  Door *door;
  UiWindow *window;
  const Screen *screen;
} Kiosk;

static void
kiosk_open (Kiosk *kiosk, const Screen *screen)
{
  kiosk->door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  kiosk->door->profile.venue_name = "Khách sạn Bình Minh";
  kiosk->screen = screen;
  kiosk->window = ui_window_new (kiosk->door->session);
  ui_window_set_theme (kiosk->window, screen->theme);
  gtk_window_set_decorated (GTK_WINDOW (kiosk->window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (kiosk->window), screen->width_px, screen->height_px);
  gtk_window_present (GTK_WINDOW (kiosk->window));
  g_assert_true (wait_until_size (GTK_WINDOW (kiosk->window), screen));
}

static void
kiosk_close (Kiosk *kiosk)
{
  gtk_window_destroy (GTK_WINDOW (kiosk->window));
  door_free (kiosk->door);
}

static void
kiosk_show_picture (Kiosk *kiosk)
{
  enum { WIDTH = 640, HEIGHT = 360 };
  guint8 *pixels = g_malloc (WIDTH * HEIGHT * 4);
  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    guint8 light = (guint8) (70 + 100 * (i % WIDTH) / WIDTH);
    memcpy (pixels + 4 * i, (guint8[]){ light, (guint8) (light - 10), (guint8) (light - 30), 255 },
            4);
  }
  g_autoptr (GBytes) bgra = g_bytes_new_take (pixels, WIDTH * HEIGHT * 4);
  ui_window_show_picture (kiosk->window, bgra, WIDTH, HEIGHT, WIDTH * 4);
}

// What the window shows now is in order, and goes into the album under this name.
static void
kiosk_look (Kiosk *kiosk, const char *state)
{
  let_it_paint (GTK_WINDOW (kiosk->window));
  GtkWidget *window = GTK_WIDGET (kiosk->window);
  g_assert_cmpint (gtk_widget_get_width (window), ==, kiosk->screen->width_px);
  g_assert_cmpint (gtk_widget_get_height (window), ==, kiosk->screen->height_px);
  look_at (window, window);

  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_build_filename (TX_BINARY_DIR, "screenshots", NULL);
  g_autofree char *file = g_strdup_printf ("%s-%s.png", state, kiosk->screen->name);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  ui_window_save_png (kiosk->window, path, &error);
  g_assert_no_error (error);
}

static void
kiosk_expect (Kiosk *kiosk, EntranceMessage message)
{
  g_assert_cmpstr (entrance_message_to_string (door_view (kiosk->door)->message), ==,
                   entrance_message_to_string (message));
  g_assert_nonnull (find_label (GTK_WIDGET (kiosk->window), ui_message_get (message)->advice_vi));
}

static void
test_answers (gconstpointer data)
{
  Kiosk kiosk;
  kiosk_open (&kiosk, data);
  kiosk_show_picture (&kiosk);
  kiosk_look (&kiosk, "waiting");
  door_show_and_settle (kiosk.door, PERSON_AN);
  kiosk_look (&kiosk, "green");
  kiosk_expect (&kiosk, ENTRANCE_MESSAGE_WELCOME);
  g_assert_nonnull (find_label (GTK_WIDGET (kiosk.window), "N. V. An"));
  door_wait (kiosk.door, 60000);
  door_show_and_settle (kiosk.door, PERSON_AN);
  kiosk_look (&kiosk, "amber-already-here");
  door_wait (kiosk.door, 60000);
  door_show (kiosk.door, PERSON_AN, PERSON_BA, NULL);
  kiosk_look (&kiosk, "amber-one-at-a-time");
  kiosk_expect (&kiosk, ENTRANCE_MESSAGE_ONE_AT_A_TIME);
  door_wait (kiosk.door, 60000);
  door_show_and_settle (kiosk.door, "https://example.org/menu");
  kiosk_look (&kiosk, "red-link");
  kiosk_expect (&kiosk, ENTRANCE_MESSAGE_LINK);
  door_wait (kiosk.door, 60000);
  door_show_and_settle (kiosk.door, LONG_NAME);
  kiosk_look (&kiosk, "green-long-name");
  kiosk_close (&kiosk);
}

static void
test_pages (gconstpointer data)
{
  Kiosk kiosk;
  kiosk_open (&kiosk, data);
  kiosk_show_picture (&kiosk);
  let_it_paint (GTK_WINDOW (kiosk.window));
  g_signal_emit_by_name (find_button (GTK_WIDGET (kiosk.window), "Không có mã?"), "clicked");
  g_assert_cmpint (door_view (kiosk.door)->page, ==, ENTRANCE_PAGE_NO_CODE);
  kiosk_look (&kiosk, "no-code");
  g_signal_emit_by_name (find_button (GTK_WIDGET (kiosk.window), "Quay lại"), "clicked");
  g_assert_cmpint (door_view (kiosk.door)->page, ==, ENTRANCE_PAGE_WAITING);
  let_it_paint (GTK_WINDOW (kiosk.window));
  g_signal_emit_by_name (find_button (GTK_WIDGET (kiosk.window), "Ra về"), "clicked");
  g_assert_cmpint (door_view (kiosk.door)->direction, ==, ENTRANCE_DIRECTION_LEAVING);
  kiosk_look (&kiosk, "leaving");
  g_signal_emit_by_name (find_button (GTK_WIDGET (kiosk.window), "Quay lại"), "clicked");
  g_assert_cmpint (door_view (kiosk.door)->direction, ==, ENTRANCE_DIRECTION_ARRIVING);
  kiosk_close (&kiosk);
}

static void
test_out_of_service (gconstpointer data)
{
  static const struct {
    HwCameraState state;
    EntranceMessage message;
    const char *name;
  } cases[] = {
    { HW_CAMERA_MISSING, ENTRANCE_MESSAGE_NO_CAMERA, "out-of-service-no-camera" },
    { HW_CAMERA_BUSY, ENTRANCE_MESSAGE_CAMERA_BUSY, "out-of-service-busy" },
    { HW_CAMERA_BAD_FORMAT, ENTRANCE_MESSAGE_CAMERA_FORMAT, "out-of-service-format" },
    { HW_CAMERA_FROZEN, ENTRANCE_MESSAGE_CAMERA_FROZEN, "out-of-service-frozen" },
  };
  Kiosk kiosk;
  kiosk_open (&kiosk, data);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    entrance_session_set_camera_state (kiosk.door->session, cases[i].state);
    door_wait (kiosk.door, 60000);
    kiosk_look (&kiosk, cases[i].name);
    kiosk_expect (&kiosk, cases[i].message);
  }
  entrance_session_set_camera_state (kiosk.door->session, HW_CAMERA_READY);
  door_wait (kiosk.door, 60000);
  kiosk_look (&kiosk, "waiting-again");
  g_assert_nonnull (find_label (GTK_WIDGET (kiosk.window), "Đưa mã QR vào khung"));

  fake_journal_fail_next (kiosk.door->journal, JOURNAL_ERROR_FULL);
  fake_journal_fail_next_open (kiosk.door->journal, JOURNAL_ERROR_FULL);
  door_show_and_settle (kiosk.door, PERSON_AN);
  kiosk_look (&kiosk, "red-not-recorded");
  kiosk_expect (&kiosk, ENTRANCE_MESSAGE_NOT_RECORDED);
  kiosk_close (&kiosk);
}

// What staff should see to, while people get in.
static void
test_troubles (gconstpointer data)
{
  static const struct {
    EntrancePaper paper;
    EntranceNeed need;
    const char *words;
    const char *name;
  } cases[] = {
    { ENTRANCE_PAPER_LOW, ENTRANCE_NEED_NOTHING, "Máy in sắp hết giấy · paper low",
      "trouble-paper-low" },
    { ENTRANCE_PAPER_OUT, ENTRANCE_NEED_NOTHING, "Máy in hết giấy · no paper",
      "trouble-paper-out" },
    { ENTRANCE_PAPER_TROUBLE, ENTRANCE_NEED_NOTHING, "Kiểm tra máy in · check the printer",
      "trouble-printer" },
    { ENTRANCE_PAPER_OUT, ENTRANCE_NEED_BUTTON, "Nút bấm bị kẹt · a button hangs",
      "trouble-button" },
    { ENTRANCE_PAPER_FINE, ENTRANCE_NEED_PANEL, "Kiểm tra đèn và nút · check lamps and buttons",
      "trouble-panel" },
    { ENTRANCE_PAPER_FINE, ENTRANCE_NEED_CASE, "Hộp máy đang mở · the case is open",
      "trouble-case" },
    { ENTRANCE_PAPER_FINE, ENTRANCE_NEED_DISK, "Ổ đĩa gần đầy · the disk is filling up",
      "trouble-disk" },
    { ENTRANCE_PAPER_FINE, ENTRANCE_NEED_ROOM, "Ổ đĩa sắp hết chỗ · the disk is nearly full",
      "trouble-room" },
    { ENTRANCE_PAPER_FINE, ENTRANCE_NEED_POWER, "Kiểm tra nguồn điện · check the power",
      "trouble-power" },
  };
  Kiosk kiosk;
  kiosk_open (&kiosk, data);
  kiosk_show_picture (&kiosk);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    entrance_session_set_paper (kiosk.door->session, cases[i].paper);
    entrance_session_set_need (kiosk.door->session, cases[i].need);
    entrance_session_set_near (kiosk.door->session,
                               i % 2 == 0 ? ENTRANCE_RADIO_FINE : ENTRANCE_RADIO_TROUBLE, 12);
    entrance_session_set_camera_blind (kiosk.door->session, i > 0);
    kiosk_look (&kiosk, cases[i].name);
    g_assert_nonnull (find_label (GTK_WIDGET (kiosk.window), cases[i].words));
    GtkLabel *blind = find_label (GTK_WIDGET (kiosk.window),
                                  "Hãy lau ống kính, bật thêm đèn · clean the lens, more light");
    g_assert_true ((blind != NULL) == (i > 0));
    g_assert_true ((find_label (GTK_WIDGET (kiosk.window),
                                "12 điện thoại ở gần · 12 phones near") != NULL) == (i % 2 == 0));
    g_assert_true (
        (find_label (GTK_WIDGET (kiosk.window), "Không nghe được Bluetooth · Bluetooth is deaf") !=
         NULL) == (i % 2 != 0));
  }
  entrance_session_set_need (kiosk.door->session, ENTRANCE_NEED_NOTHING);
  let_it_paint (GTK_WINDOW (kiosk.window));
  g_assert_null (find_label (GTK_WIDGET (kiosk.window), cases[G_N_ELEMENTS (cases) - 1].words));
  kiosk_close (&kiosk);
}

// How the records get to the core: beside the work, and quietly.
static void
test_feed (gconstpointer data)
{
  static const gint64 morning_ms = 1795564800000; // 2026-11-24 08:00 in UTC+7
  static const struct {
    EntranceFeed feed;
    const char *words;
    const char *name;
  } cases[] = {
    { { ENTRANCE_LINK_FINE, 0, morning_ms, 0, FALSE }, "delivered", "feed-delivered" },
    { { ENTRANCE_LINK_FINE, 12, morning_ms, 0, FALSE }, "Đang gửi 12 · sending", "feed-sending" },
    { { ENTRANCE_LINK_OFFLINE, 4000, morning_ms, morning_ms, FALSE },
      "offline, 4000 waiting",
      "feed-offline" },
    { { ENTRANCE_LINK_STOPPED, 123456, morning_ms, morning_ms, FALSE },
      "the core refuses",
      "feed-stopped" },
    { { ENTRANCE_LINK_FINE, 0, morning_ms, 0, TRUE }, "clock differs", "feed-clock" },
    { { ENTRANCE_LINK_NONE, 0, 0, 0, FALSE }, NULL, "feed-none" },
  };
  Kiosk kiosk;
  kiosk_open (&kiosk, data);
  kiosk_show_picture (&kiosk);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    entrance_session_set_feed (kiosk.door->session, &cases[i].feed);
    kiosk_look (&kiosk, cases[i].name);
    GtkLabel *label = find_label_with (GTK_WIDGET (kiosk.window), cases[i].words);
    g_assert_true ((label != NULL) == (cases[i].words != NULL));
  }
  kiosk_close (&kiosk);
}

static void
on_compared (EntranceSession *session, gboolean are_same, GString *pressed)
{
  g_string_append_c (pressed, are_same ? '=' : '!');
}

static void
test_enrolment (gconstpointer data)
{
  static const char *const names[ENTRANCE_N_ENROLMENTS] = {
    [ENTRANCE_ENROLMENT_WAITING] = "enrol-waiting",
    [ENTRANCE_ENROLMENT_JOINING] = "enrol-joining",
    [ENTRANCE_ENROLMENT_REFUSED] = "enrol-refused",
    [ENTRANCE_ENROLMENT_UNREACHABLE] = "enrol-unreachable",
    [ENTRANCE_ENROLMENT_FAILED] = "enrol-failed",
    [ENTRANCE_ENROLMENT_JOINED] = "enrol-joined",
    [ENTRANCE_ENROLMENT_DROPPED] = "enrol-dropped",
  };
  g_autoptr (GString) pressed = g_string_new (NULL);
  Kiosk kiosk;
  kiosk_open (&kiosk, data);
  g_signal_connect (kiosk.door->session, "compared", G_CALLBACK (on_compared), pressed);
  for (guint i = ENTRANCE_ENROLMENT_WAITING; i < ENTRANCE_N_ENROLMENTS; i++) {
    EntranceEnrolment enrolment = { .phase = (EntranceEnrolmentPhase) i };
    if (i == ENTRANCE_ENROLMENT_JOINED)
      enrolment = (EntranceEnrolment){ ENTRANCE_ENROLMENT_JOINED, (char *) "khach-san-binh-minh",
                                       (char *) "gabob-hodud-zivot-nihur-lubaf-dovok",
                                       (char *) "tupim-kalan-rusof-bihig-mavud-jopaz" };
    entrance_session_show_enrolment (kiosk.door->session, &enrolment);
    g_assert_cmpint (door_view (kiosk.door)->page, ==, ENTRANCE_PAGE_ENROL);
    kiosk_show_picture (&kiosk);
    kiosk_look (&kiosk, names[i]);
    GtkWidget *same = find_button (GTK_WIDGET (kiosk.window), "Giống nhau");
    GtkWidget *differ = find_button (GTK_WIDGET (kiosk.window), "Không giống");
    g_assert_true ((same != NULL) == (i == ENTRANCE_ENROLMENT_JOINED));
    g_assert_true ((differ != NULL) == (i == ENTRANCE_ENROLMENT_JOINED));
    if (same == NULL)
      continue;
    g_assert_nonnull (
        find_label (GTK_WIDGET (kiosk.window), "gabob-hodud-zivot-nihur-lubaf-dovok"));
    // What types as a keyboard, and ends its line, presses neither.
    g_assert_false (gtk_widget_get_focusable (same) || gtk_widget_get_focusable (differ));
    g_signal_emit_by_name (same, "clicked");
    g_signal_emit_by_name (differ, "clicked");
  }
  g_assert_cmpstr (pressed->str, ==, "=!");
  EntranceEnrolment over = { .phase = ENTRANCE_ENROLMENT_NONE };
  entrance_session_show_enrolment (kiosk.door->session, &over);
  g_assert_cmpint (door_view (kiosk.door)->page, ==, ENTRANCE_PAGE_WAITING);
  kiosk_close (&kiosk);
}

// A venue's name that nobody should have configured: 4 KB, and lines.
static void
test_long_venue (gconstpointer data)
{
  Kiosk kiosk;
  kiosk_open (&kiosk, data);
  g_autoptr (GString) name = g_string_new ("Bệnh viện\nĐa khoa\n");
  while (name->len < 4096)
    g_string_append (name, "Trung tâm ");
  kiosk.door->profile.venue_name = name->str;
  door_wait (kiosk.door, 60000);
  kiosk_look (&kiosk, "waiting-long-venue");
  kiosk_close (&kiosk);
}

// Not only those that this test can bring about at a door: every sentence there is fits.
static void
test_every_sentence (gconstpointer data)
{
  const Screen *screen = data;
  Kiosk kiosk; // its window brings the style
  kiosk_open (&kiosk, screen);
  GtkWidget *window = gtk_window_new ();
  UiResultPage *page = g_object_new (UI_TYPE_RESULT_PAGE, NULL);
  gtk_widget_add_css_class (window, "kiosk");
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), screen->width_px, screen->height_px);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (page));
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (wait_until_size (GTK_WINDOW (window), screen));
  for (guint i = ENTRANCE_MESSAGE_NONE + 1; i < ENTRANCE_N_MESSAGES; i++) {
    EntranceView model = { .page = ENTRANCE_PAGE_RESULT,
                           .tone = ENTRANCE_TONE_RED,
                           .message = (EntranceMessage) i,
                           .masked_name = (char *) "N. P. C. T. T. N. Nghiêm",
                           .since_ms = i == ENTRANCE_MESSAGE_ALREADY_HERE ? 1795564800000 : 0,
                           .result_id = i,
                           .result_ms = 2500,
                           .venue_name = (char *) "" };
    g_autoptr (EntranceView) view = entrance_view_new (&model);
    ui_result_page_update (page, view);
    let_it_paint (GTK_WINDOW (window));
    look_at (window, window);
    g_assert_cmpint (gtk_widget_get_width (window), ==, screen->width_px);
  }
  gtk_window_destroy (GTK_WINDOW (window));
  kiosk_close (&kiosk);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    return 77; // no display
  // Movement ends at once, so that a picture of a state is always the same picture.
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  static const struct {
    const char *name;
    void (*run) (gconstpointer);
  } tests[] = {
    { "answers-are-whole", test_answers },
    { "pages-are-whole", test_pages },
    { "out-of-service-says-why-and-returns", test_out_of_service },
    { "troubles-are-shown-beside-the-work", test_troubles },
    { "the-feed-is-beside-the-work", test_feed },
    { "an-enrolment-is-whole", test_enrolment },
    { "a-long-venue-name-moves-nothing", test_long_venue },
    { "every-sentence-fits", test_every_sentence },
  };
  for (guint i = 0; i < G_N_ELEMENTS (screens); i++) {
    for (guint j = 0; j < G_N_ELEMENTS (tests); j++) {
      g_autofree char *path = g_strdup_printf ("/ui/screens/%s/%s", screens[i].name, tests[j].name);
      g_test_add_data_func (path, &screens[i], tests[j].run);
    }
  }
  return g_test_run ();
}
