// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Draws what a kiosk's camera sees.

#include "tests/bench/scene.h"

#include <math.h>
#include <qrencode.h>
#include <string.h>

#define QUIET_MODULES 3 // one less than the standard asks, as cards have it

static char *
draw_payload (GRand *rand)
{
  static const char *const families[] = { "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Đặng" };
  static const char *const given[] = { "Thị Ánh Tuyết", "Văn Thử", "Ngọc Thử", "Minh Đức Thử" };
  static const char *const places[] = { "Thôn Thử, xã Mẫu, huyện Giả Định, Hà Nội",
                                        "12 Đường Thử, phường Mẫu, quận Ví Dụ, Đà Nẵng" };
  return g_strdup_printf ("0%011d|%09d|%s %s|%02d%02d%d|%s|%s|%02d%02d2021",
                          g_rand_int_range (rand, 0, G_MAXINT32),
                          g_rand_int_range (rand, 0, 999999999),
                          families[g_rand_int_range (rand, 0, G_N_ELEMENTS (families))],
                          given[g_rand_int_range (rand, 0, G_N_ELEMENTS (given))],
                          g_rand_int_range (rand, 1, 29), g_rand_int_range (rand, 1, 13),
                          g_rand_int_range (rand, 1940, 2010), g_rand_boolean (rand) ? "Nam" : "Nữ",
                          places[g_rand_int_range (rand, 0, G_N_ELEMENTS (places))],
                          g_rand_int_range (rand, 1, 29), g_rand_int_range (rand, 1, 13));
}

static double
normal (GRand *rand)
{
  double sum = -6;
  for (int i = 0; i < 12; i++)
    sum += g_rand_double (rand);
  return sum;
}

// A wall with a gradient, posters and lines of text.
static void
draw_background (GRand *rand, guint8 *luma)
{
  double slope = g_rand_double_range (rand, -60, 60);
  for (int y = 0; y < SCENE_HEIGHT_PX; y++)
    for (int x = 0; x < SCENE_WIDTH_PX; x++)
      luma[y * SCENE_WIDTH_PX + x] =
          (guint8) (120 + slope * x / SCENE_WIDTH_PX + 30.0 * y / SCENE_HEIGHT_PX);
  for (int i = 0; i < 25; i++) {
    int left = g_rand_int_range (rand, 0, SCENE_WIDTH_PX),
        top = g_rand_int_range (rand, 0, SCENE_HEIGHT_PX);
    int width = g_rand_int_range (rand, 5, 260), height = g_rand_int_range (rand, 5, 200);
    int grey = g_rand_int_range (rand, 10, 245), stripes = g_rand_int_range (rand, 0, 3);
    for (int y = top; y < MIN (top + height, SCENE_HEIGHT_PX); y++)
      for (int x = left; x < MIN (left + width, SCENE_WIDTH_PX); x++)
        if (stripes == 0 || (y / 6) % 2 == 0 || (x * 7 + y / 12 * 13) % 11 < 5)
          luma[y * SCENE_WIDTH_PX + x] = (guint8) grey;
  }
}

// From the picture to the code's plane: turned and tilted about the middle, in modules.
struct view {
  double middle_x_px, middle_y_px, cos_turn, sin_turn, modules_a_px, tilt_x, tilt_y, modules;
};

static gboolean
look (const struct view *view, double x_px, double y_px, double *ret_u, double *ret_v)
{
  double x = (x_px - view->middle_x_px) * view->modules_a_px,
         y = (y_px - view->middle_y_px) * view->modules_a_px;
  double depth = 1 + (view->tilt_x * x + view->tilt_y * y) / view->modules;
  if (depth < 0.2)
    return FALSE;
  double u = (view->cos_turn * x + view->sin_turn * y) / depth;
  double v = (view->cos_turn * y - view->sin_turn * x) / depth;
  *ret_u = u + view->modules / 2;
  *ret_v = v + view->modules / 2;
  return TRUE;
}

static void
draw_code (const Scene *scene, GRand *rand, const QRcode *code, guint8 *luma)
{
  double turn = (scene->turn_deg + g_rand_double_range (rand, -8, 8)) * G_PI / 180;
  double direction = g_rand_double_range (rand, 0, 2 * G_PI);
  struct view view = { .middle_x_px = SCENE_WIDTH_PX * g_rand_double_range (rand, 0.4, 0.6),
                       .middle_y_px = SCENE_HEIGHT_PX * g_rand_double_range (rand, 0.45, 0.55),
                       .cos_turn = cos (turn),
                       .sin_turn = sin (turn),
                       .modules_a_px = code->width / scene->side_px,
                       .tilt_x = scene->tilt * cos (direction),
                       .tilt_y = scene->tilt * sin (direction),
                       .modules = code->width };
  double margin = scene->phone ? 10 : QUIET_MODULES;
  for (int y = 0; y < SCENE_HEIGHT_PX; y++)
    for (int x = 0; x < SCENE_WIDTH_PX; x++) {
      int sum = 0, n = 0;
      for (int k = 0; k < 9; k++) {
        double u, v;
        if (!look (&view, x + (k % 3 - 1) / 3.0, y + (k / 3 - 1) / 3.0, &u, &v) || u < -margin ||
            v < -margin || u >= view.modules + margin || v >= view.modules + margin)
          continue;
        int column = (int) floor (u), row = (int) floor (v);
        gboolean dark = column >= 0 && row >= 0 && column < code->width && row < code->width &&
                        (code->data[row * code->width + column] & 1);
        sum += dark != scene->phone ? 35 : 215;
        n++;
      }
      guint8 *pixel = &luma[y * SCENE_WIDTH_PX + x];
      *pixel = (guint8) ((sum + (9 - n) * *pixel) / 9);
    }
}

static void
blur_line (double *line, double *copy, int n, gsize step, double sigma)
{
  int reach = (int) ceil (3 * sigma);
  for (int i = 0; i < n; i++)
    copy[i] = line[(gsize) i * step];
  for (int i = 0; i < n; i++) {
    double sum = 0, weights = 0;
    for (int k = -reach; k <= reach; k++) {
      double weight = exp (-k * k / (2 * sigma * sigma));
      sum += weight * copy[CLAMP (i + k, 0, n - 1)];
      weights += weight;
    }
    line[(gsize) i * step] = sum / weights;
  }
}

static void
spoil (const Scene *scene, GRand *rand, guint8 *luma)
{
  g_autofree double *light = g_new (double, SCENE_WIDTH_PX *SCENE_HEIGHT_PX);
  double copy[SCENE_WIDTH_PX];
  double glare_x = SCENE_WIDTH_PX * 0.5 + scene->side_px * g_rand_double_range (rand, -0.4, 0.4);
  double glare_y = SCENE_HEIGHT_PX * 0.5 + scene->side_px * g_rand_double_range (rand, -0.4, 0.4);
  for (int i = 0; i < SCENE_WIDTH_PX * SCENE_HEIGHT_PX; i++)
    light[i] = 128 + (luma[i] - 128) * scene->contrast;
  for (int y = 0; scene->blur_px > 0 && y < SCENE_HEIGHT_PX; y++)
    blur_line (light + y * SCENE_WIDTH_PX, copy, SCENE_WIDTH_PX, 1, scene->blur_px);
  for (int x = 0; scene->blur_px > 0 && x < SCENE_WIDTH_PX; x++)
    blur_line (light + x, copy, SCENE_HEIGHT_PX, SCENE_WIDTH_PX, scene->blur_px);
  for (int y = 0; y < SCENE_HEIGHT_PX; y++)
    for (int x = 0; x < SCENE_WIDTH_PX; x++) {
      double away = hypot ((x - glare_x) / 1.5, y - glare_y) / (scene->side_px * 0.25);
      double level = light[y * SCENE_WIDTH_PX + x] + scene->glare * 190 * exp (-away * away) +
                     scene->noise * normal (rand);
      luma[y * SCENE_WIDTH_PX + x] = (guint8) CLAMP (level, 0, 255);
    }
}

char *
scene_draw (const Scene *scene, guint32 seed, guint8 *luma)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autofree char *payload = draw_payload (rand);
  draw_background (rand, luma);
  if (!scene->empty) {
    QRcode *code = QRcode_encodeData ((int) strlen (payload), (const guchar *) payload, 0,
                                      scene->phone ? QR_ECLEVEL_L : QR_ECLEVEL_M);
    draw_code (scene, rand, code, luma);
    QRcode_free (code);
  }
  spoil (scene, rand, luma);
  return scene->empty ? NULL : g_steal_pointer (&payload);
}
