// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include <cairo.h>
#include <glib/gstdio.h>
#include <qrencode.h>
#include <string.h>

#include "hw/hw-camera.h"

#define WIDTH_PX        640
#define HEIGHT_PX       480
#define FRAME_MS        20
#define DEADLINE_MS     30000
#define TRIES_MAX       6
#define SMALL_WIDTH_PX  160
#define SMALL_HEIGHT_PX 120
#define SMALL_SOURCE    "push:160x120@50"
#define DARK            0x60
#define BRIGHT          0xc0

// UTF-8 as a card has it, with a NUL in the middle: both must survive.
static const char vietnamese[] = "Nguyễn Thị Phượng\0Nữ|Hà Tĩnh";

typedef struct {
  HwCamera *camera;
  GBytes *frame;
  GBytes *seen;
  HwCode code;
  guint n_codes;
  guint n_pictures;
  HwPicture picture; // sizes only
  guint tick_id;
  guint n_ticks;
} Fixture;

static GBytes *
draw_frame (const char *payload, gsize len)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH_PX, HEIGHT_PX);
  cairo_t *cr = cairo_create (surface);
  cairo_set_source_rgb (cr, 0.8, 0.8, 0.8);
  cairo_paint (cr);
  if (payload != NULL) {
    QRcode *code = QRcode_encodeData ((int) len, (const unsigned char *) payload, 0, QR_ECLEVEL_M);
    cairo_set_source_rgb (cr, 1, 1, 1);
    cairo_rectangle (cr, 170, 90, 300, 300);
    cairo_fill (cr);
    cairo_set_source_rgb (cr, 0, 0, 0);
    double module = 240.0 / code->width;
    for (int y = 0; y < code->width; y++)
      for (int x = 0; x < code->width; x++)
        if (code->data[y * code->width + x] & 1)
          cairo_rectangle (cr, 200 + x * module, 120 + y * module, module, module);
    cairo_fill (cr);
    QRcode_free (code);
  }
  cairo_surface_flush (surface);
  GBytes *frame = g_bytes_new (cairo_image_surface_get_data (surface), WIDTH_PX * HEIGHT_PX * 4);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return frame;
}

static void
write_png (const char *path, const char *payload, gsize len)
{
  g_autoptr (GBytes) frame = draw_frame (payload, len);
  cairo_surface_t *surface =
      cairo_image_surface_create_for_data ((guchar *) g_bytes_get_data (frame, NULL),
                                           CAIRO_FORMAT_RGB24, WIDTH_PX, HEIGHT_PX, WIDTH_PX * 4);
  g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (surface);
}

static void
on_codes (HwCamera *camera, GPtrArray *codes, Fixture *fixture)
{
  const HwCode *code = codes->pdata[0];
  fixture->n_codes++;
  g_clear_pointer (&fixture->seen, g_bytes_unref);
  fixture->seen = g_bytes_ref (code->payload);
  fixture->code = *code;
}

static void
on_picture (HwCamera *camera, const HwPicture *picture, Fixture *fixture)
{
  fixture->n_pictures++;
  fixture->picture = *picture;
  g_assert_cmpuint (g_bytes_get_size (picture->pixels), ==,
                    picture->stride * (gsize) picture->height_px);
  const guint8 *pixel = g_bytes_get_data (picture->pixels, NULL);
  g_assert_cmpuint (pixel[3], ==, 255);
}

static gboolean
on_tick (gpointer user_data)
{
  Fixture *fixture = user_data;
  fixture->n_ticks++;
  if (fixture->frame != NULL)
    hw_camera_push_frame (fixture->camera, fixture->frame);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_deadline (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_CONTINUE;
}

#define wait_until(condition, deadline_ms)                                                         \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gboolean is_over = FALSE;                                                                      \
    guint deadline_id = g_timeout_add (deadline_ms, on_deadline, &is_over);                        \
    while (!(condition) && !is_over)                                                               \
      (void) g_main_context_iteration (NULL, TRUE);                                                \
    g_source_remove (deadline_id);                                                                 \
    g_assert_true (condition);                                                                     \
  }                                                                                                \
  G_STMT_END

static void
set_up (Fixture *fixture, const char *source, guint frozen_ms)
{
  *fixture = (Fixture){ .camera = g_object_new (HW_TYPE_CAMERA, "source", source, "frozen-ms",
                                                frozen_ms, NULL) };
  g_signal_connect (fixture->camera, "codes", G_CALLBACK (on_codes), fixture);
  g_signal_connect (fixture->camera, "picture", G_CALLBACK (on_picture), fixture);
  fixture->tick_id = g_timeout_add (FRAME_MS, on_tick, fixture);
  hw_camera_start (fixture->camera);
}

static void
tear_down (Fixture *fixture)
{
  g_source_remove (fixture->tick_id);
  g_clear_pointer (&fixture->frame, g_bytes_unref);
  g_clear_pointer (&fixture->seen, g_bytes_unref);
  g_assert_finalize_object (fixture->camera);
}

static void
assert_seen (Fixture *fixture)
{
  gsize len = 0;
  const void *payload = g_bytes_get_data (fixture->seen, &len);
  g_assert_cmpmem (payload, len, vietnamese, sizeof vietnamese - 1);
}

static void
reads_pushed_frames_to_the_byte (void)
{
  Fixture fixture;
  set_up (&fixture, "push:640x480@50", 3000);
  g_assert_cmpint (hw_camera_get_state (fixture.camera), ==, HW_CAMERA_STARTING);
  fixture.frame = draw_frame (vietnamese, sizeof vietnamese - 1);
  wait_until (fixture.n_codes > 3 && fixture.n_pictures > 3, DEADLINE_MS);
  g_assert_cmpint (hw_camera_get_state (fixture.camera), ==, HW_CAMERA_READY);
  assert_seen (&fixture);
  g_assert_cmpfloat_with_epsilon (fixture.code.x[0], 200.0 / WIDTH_PX, 0.03);
  g_assert_cmpfloat_with_epsilon (fixture.code.y[0], 120.0 / HEIGHT_PX, 0.03);
  g_assert_cmpfloat_with_epsilon (fixture.code.x[2], 440.0 / WIDTH_PX, 0.03);
  g_assert_cmpint (fixture.code.frame_time_us, <=, fixture.code.decoded_time_us);
  g_assert_cmpint (fixture.picture.width_px, ==, WIDTH_PX);
  g_assert_cmpint (fixture.picture.height_px, ==, HEIGHT_PX);
  tear_down (&fixture);
}

static void
shrinks_wide_pictures_in_proportion (void)
{
  Fixture fixture;
  set_up (&fixture, "push:1920x1080@30", 3000);
  fixture.frame = g_bytes_new_take (g_malloc0 (1920 * 1080 * 4), 1920 * 1080 * 4);
  wait_until (fixture.n_pictures > 0, DEADLINE_MS);
  g_assert_cmpint (fixture.picture.width_px, ==, 960);
  g_assert_cmpint (fixture.picture.height_px, ==, 540);
  tear_down (&fixture);
}

// A scene of one grey, small: what is looked at often costs little even on a busy machine.
static GBytes *
paint_small (guint8 grey)
{
  gsize size = (gsize) SMALL_WIDTH_PX * SMALL_HEIGHT_PX * 4;
  guint8 *pixels = g_malloc (size);
  memset (pixels, grey, size);
  return g_bytes_new_take (pixels, size);
}

// Pictures a second, in the time of so many ticks: a busy machine has longer ones.
static double
rate_of_ticks (Fixture *fixture, guint n_ticks)
{
  guint from_tick = fixture->n_ticks;
  guint from_picture = fixture->n_pictures;
  gint64 from_us = g_get_monotonic_time ();
  wait_until (fixture->n_ticks >= from_tick + n_ticks, DEADLINE_MS);
  return (fixture->n_pictures - from_picture) * 1e6 / (double) (g_get_monotonic_time () - from_us);
}

// Whether there were clearly fewer. A machine that is busy elsewhere may have few at any time; none
// has many at rest.
static gboolean
rests_while_nothing_moves (Fixture *fixture)
{
  double awake = rate_of_ticks (fixture, 50);
  (void) rate_of_ticks (fixture, 100); // falls asleep in these two seconds
  double at_rest = rate_of_ticks (fixture, 50);
  g_clear_pointer (&fixture->frame, g_bytes_unref);
  fixture->frame = paint_small (BRIGHT);
  double again = rate_of_ticks (fixture, 50);
  g_test_message ("%.1f pictures a second, at rest %.1f, again %.1f", awake, at_rest, again);
  g_assert_cmpfloat (at_rest, <=, 10); // 8, and one at either end
  return awake > 1.5 * at_rest && again > 1.5 * at_rest;
}

static void
shows_fewer_pictures_while_nothing_moves (void)
{
  gboolean rests = FALSE;
  for (guint i = 0; i < TRIES_MAX && !rests; i++) {
    Fixture fixture;
    set_up (&fixture, SMALL_SOURCE, 3000);
    fixture.frame = paint_small (DARK);
    rests = rests_while_nothing_moves (&fixture);
    tear_down (&fixture);
  }
  g_assert_true (rests);
}

static void
notices_a_frozen_stream_and_its_return (void)
{
  Fixture fixture;
  set_up (&fixture, "push:640x480@50", 400);
  fixture.frame = draw_frame (NULL, 0);
  wait_until (hw_camera_get_state (fixture.camera) == HW_CAMERA_READY, DEADLINE_MS);
  g_autoptr (GBytes) kept = g_steal_pointer (&fixture.frame);
  wait_until (hw_camera_get_state (fixture.camera) == HW_CAMERA_FROZEN, DEADLINE_MS);
  fixture.frame = g_steal_pointer (&kept);
  wait_until (hw_camera_get_state (fixture.camera) == HW_CAMERA_READY, DEADLINE_MS);
  tear_down (&fixture);
}

static void
finds_a_file_that_appears_later (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tramxanh-camera-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "code.png", NULL);
  g_autofree char *source = g_strconcat ("file:", path, NULL);
  Fixture fixture;
  set_up (&fixture, source, 3000);
  wait_until (hw_camera_get_state (fixture.camera) == HW_CAMERA_MISSING, DEADLINE_MS);
  write_png (path, vietnamese, sizeof vietnamese - 1);
  wait_until (fixture.n_codes > 0, DEADLINE_MS);
  g_assert_cmpint (hw_camera_get_state (fixture.camera), ==, HW_CAMERA_READY);
  assert_seen (&fixture);
  tear_down (&fixture);
  (void) g_remove (path);
  (void) g_rmdir (folder);
}

static void
loops_over_numbered_pictures (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tramxanh-camera-XXXXXX", NULL);
  g_autofree char *first = g_build_filename (folder, "frame-00.png", NULL);
  g_autofree char *second = g_build_filename (folder, "frame-01.png", NULL);
  g_autofree char *source = g_strconcat ("images:", folder, "/frame-%02d.png", NULL);
  write_png (first, NULL, 0);
  write_png (second, vietnamese, sizeof vietnamese - 1);
  Fixture fixture;
  set_up (&fixture, source, 3000);
  wait_until (fixture.n_codes > 2, DEADLINE_MS);
  assert_seen (&fixture);
  tear_down (&fixture);
  (void) g_remove (first);
  (void) g_remove (second);
  (void) g_rmdir (folder);
}

static void
says_that_a_format_is_none (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tramxanh-camera-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "film.mp4", NULL);
  g_autofree char *source = g_strconcat ("file:", path, NULL);
  g_assert_true (
      g_file_set_contents (path, "this is not a film, whatever its name may say\n", -1, NULL));
  Fixture fixture;
  set_up (&fixture, source, 3000);
  wait_until (hw_camera_get_state (fixture.camera) == HW_CAMERA_BAD_FORMAT, DEADLINE_MS);
  tear_down (&fixture);
  (void) g_remove (path);
  (void) g_rmdir (folder);
}

static void
says_that_nothing_can_be_seen (void)
{
  Fixture fixture = { .camera = g_object_new (HW_TYPE_CAMERA, "source", "push:640x480@50",
                                              "blind-ms", 300, NULL) };
  fixture.tick_id = g_timeout_add (FRAME_MS, on_tick, &fixture);
  hw_camera_start (fixture.camera);
  fixture.frame = draw_frame (vietnamese, sizeof vietnamese - 1);
  wait_until (hw_camera_get_state (fixture.camera) == HW_CAMERA_READY, DEADLINE_MS);
  for (guint n_ticks = fixture.n_ticks; fixture.n_ticks < n_ticks + 600 / FRAME_MS;)
    (void) g_main_context_iteration (NULL, TRUE);
  g_assert_false (hw_camera_is_blind (fixture.camera));
  GBytes *code = fixture.frame;
  fixture.frame = draw_frame (NULL, 0); // a hand on the lens
  wait_until (hw_camera_is_blind (fixture.camera), DEADLINE_MS);
  g_bytes_unref (fixture.frame);
  fixture.frame = code;
  wait_until (!hw_camera_is_blind (fixture.camera), DEADLINE_MS);
  g_assert_cmpint (hw_camera_get_state (fixture.camera), ==, HW_CAMERA_READY);
  tear_down (&fixture);
}

static void
says_that_a_device_is_missing (void)
{
  Fixture fixture;
  set_up (&fixture, "v4l2:/dev/v4l/by-id/no-such-camera", 3000);
  wait_until (hw_camera_get_state (fixture.camera) == HW_CAMERA_MISSING, DEADLINE_MS);
  tear_down (&fixture);
}

static void
refuses_a_source_that_is_none (void)
{
  Fixture fixture;
  set_up (&fixture, "push:0x0@0", 3000);
  wait_until (hw_camera_get_state (fixture.camera) == HW_CAMERA_FAILED, DEADLINE_MS);
  tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hw/camera/reads-pushed-frames-to-the-byte", reads_pushed_frames_to_the_byte);
  g_test_add_func ("/hw/camera/shrinks-wide-pictures-in-proportion",
                   shrinks_wide_pictures_in_proportion);
  g_test_add_func ("/hw/camera/shows-fewer-pictures-while-nothing-moves",
                   shows_fewer_pictures_while_nothing_moves);
  g_test_add_func ("/hw/camera/notices-a-frozen-stream-and-its-return",
                   notices_a_frozen_stream_and_its_return);
  g_test_add_func ("/hw/camera/finds-a-file-that-appears-later", finds_a_file_that_appears_later);
  g_test_add_func ("/hw/camera/loops-over-numbered-pictures", loops_over_numbered_pictures);
  g_test_add_func ("/hw/camera/says-that-a-format-is-none", says_that_a_format_is_none);
  g_test_add_func ("/hw/camera/says-that-nothing-can-be-seen", says_that_nothing_can_be_seen);
  g_test_add_func ("/hw/camera/says-that-a-device-is-missing", says_that_a_device_is_missing);
  g_test_add_func ("/hw/camera/refuses-a-source-that-is-none", refuses_a_source_that_is_none);
  return g_test_run ();
}
