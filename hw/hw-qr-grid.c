// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The module grid: plane by the parts that every symbol has (targets, timing, alignment), bend by
// contrast.

#include "hw/hw-qr-grid.h"
#include "hw/hw-qr-code.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static float
luma_at (const HwQrPlane *picture, float x, float y)
{
  float x_max = (float) picture->width_px - 1.001f, y_max = (float) picture->height_px - 1.001f;
  x = x < 0 ? 0 : x > x_max ? x_max : x;
  y = y < 0 ? 0 : y > y_max ? y_max : y;
  int column = (int) x, row = (int) y;
  float right = x - (float) column, below = y - (float) row;
  const uint8_t *p = picture->luma + (size_t) row * (size_t) picture->width_px + column;
  const uint8_t *q = p + picture->width_px;
  float top = (float) p[0] + right * (float) (p[1] - p[0]);
  float bottom = (float) q[0] + right * (float) (q[1] - q[0]);
  return top + below * (bottom - top);
}

static void
locate_on_plane (const HwQrGrid *grid, float u, float v, float *ret_x_px, float *ret_y_px)
{
  float side = (float) grid->modules - 7;
  float s = (u - 3.5f) / side, t = (v - 3.5f) / side;
  float o = 1 - s - t, r = s * grid->depth_right, b = t * grid->depth_below;
  float depth = o + r + b;
  if (depth < 0.05f)
    depth = 0.05f;
  *ret_x_px = (o * grid->x_px[0] + r * grid->x_px[1] + b * grid->x_px[2]) / depth;
  *ret_y_px = (o * grid->y_px[0] + r * grid->y_px[1] + b * grid->y_px[2]) / depth;
}

void
hw_qr_grid_locate (const HwQrGrid *grid, float u, float v, float *ret_x_px, float *ret_y_px)
{
  locate_on_plane (grid, u, v, ret_x_px, ret_y_px);
  if (grid->knots < 2)
    return;
  float last = (float) grid->knots - 1;
  float p = u / (float) grid->modules * last, q = v / (float) grid->modules * last;
  p = p < 0 ? 0 : p > last ? last : p;
  q = q < 0 ? 0 : q > last ? last : q;
  int i = p >= last ? grid->knots - 2 : (int) p, j = q >= last ? grid->knots - 2 : (int) q;
  float a = p - (float) i, b = q - (float) j;
  int k = j * grid->knots + i, below = k + grid->knots;
  *ret_x_px += (1 - b) * ((1 - a) * grid->bend_x_px[k] + a * grid->bend_x_px[k + 1]) +
               b * ((1 - a) * grid->bend_x_px[below] + a * grid->bend_x_px[below + 1]);
  *ret_y_px += (1 - b) * ((1 - a) * grid->bend_y_px[k] + a * grid->bend_y_px[k + 1]) +
               b * ((1 - a) * grid->bend_y_px[below] + a * grid->bend_y_px[below + 1]);
}

float
hw_qr_grid_luma (const HwQrGrid *grid, float u, float v)
{
  float x, y;
  hw_qr_grid_locate (grid, u, v, &x, &y);
  float luma = luma_at (grid->picture, x, y);
  return grid->light ? 255 - luma : luma;
}

static float
module_luma (const HwQrGrid *grid, int column, int row)
{
  return hw_qr_grid_luma (grid, (float) column + 0.5f, (float) row + 0.5f);
}

// Gathers how well expected colours (+1 light, -1 dark) go with what is seen: a correlation.
struct agreement {
  float n, sum_e, sum_v, sum_ev, sum_ee, sum_vv;
};

static void
expect (struct agreement *agreement, float colour, float luma)
{
  agreement->n += 1;
  agreement->sum_e += colour;
  agreement->sum_v += luma;
  agreement->sum_ev += colour * luma;
  agreement->sum_ee += colour * colour;
  agreement->sum_vv += luma * luma;
}

static float
agreement_of (const struct agreement *a)
{
  float covariance = a->n * a->sum_ev - a->sum_e * a->sum_v;
  float variance_e = a->n * a->sum_ee - a->sum_e * a->sum_e;
  float variance_v = a->n * a->sum_vv - a->sum_v * a->sum_v;
  // A flat area (less than 2 grey levels of deviation) agrees with nothing.
  if (variance_e <= 0 || variance_v < 4 * a->n * a->n)
    return 0;
  return covariance / sqrtf (variance_e * variance_v);
}

// The timing patterns, which count the modules: dark on even places.
static float
timing_fit (const HwQrGrid *grid, bool down)
{
  struct agreement agreement = { 0 };
  for (int i = 8; i < grid->modules - 8; i++)
    expect (&agreement, (i & 1) ? 1 : -1, module_luma (grid, down ? 6 : i, down ? i : 6));
  return agreement_of (&agreement);
}

static int
largest_of (int a, int b)
{
  return a > b ? a : b;
}

static float
target_fit (const HwQrGrid *grid, int left, int top)
{
  struct agreement agreement = { 0 };
  for (int y = -1; y <= 7; y++)
    for (int x = -1; x <= 7; x++) {
      int ring = largest_of (abs (x - 3), abs (y - 3));
      expect (&agreement, ring == 2 || ring == 4 ? 1 : -1, module_luma (grid, left + x, top + y));
    }
  return agreement_of (&agreement);
}

static float
alignment_fit (const HwQrGrid *grid, int middle_column, int middle_row)
{
  struct agreement agreement = { 0 };
  for (int y = -2; y <= 2; y++)
    for (int x = -2; x <= 2; x++)
      expect (&agreement, largest_of (abs (x), abs (y)) == 1 ? 1 : -1,
              module_luma (grid, middle_column + x, middle_row + y));
  return agreement_of (&agreement);
}

static float
alignments_fit (const HwQrGrid *grid)
{
  int places[7];
  int n = hw_qr_code_alignments (grid->modules, places), n_patterns = 0;
  float sum = 0;
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++) {
      bool under_target = (i == 0 && j == 0) || (i == 0 && j == n - 1) || (i == n - 1 && j == 0);
      if (under_target)
        continue;
      sum += alignment_fit (grid, places[i], places[j]);
      n_patterns++;
    }
  return n_patterns > 0 ? sum / (float) n_patterns : 0;
}

static float
whole_fit (const HwQrGrid *grid)
{
  int far = grid->modules - 7;
  float targets = target_fit (grid, 0, 0) + target_fit (grid, far, 0) + target_fit (grid, 0, far);
  float timing = timing_fit (grid, false) + timing_fit (grid, true);
  if (grid->modules == 21)
    return (targets + timing) / 5;
  return (targets + timing + 2 * alignments_fit (grid)) / 7;
}

static float
best_depth (HwQrGrid *grid, float *depth, bool down)
{
  float start = *depth, best_fit = -1, best = start;
  for (int i = -8; i <= 8; i++) {
    *depth = start * (1 + 0.04f * (float) i);
    float fit = timing_fit (grid, down) - 0.01f * (float) abs (i);
    if (fit > best_fit) {
      best_fit = fit;
      best = *depth;
    }
  }
  *depth = best;
  return best_fit;
}

// The timing patterns leave the plane loose where it matters most, at the lower right: the
// alignment pattern there pins it.
static void
search_alignment (HwQrGrid *grid)
{
  if (grid->modules == 21)
    return;
  int place = grid->modules - 7;
  float start_right = grid->depth_right, start_below = grid->depth_below;
  float best = -1, best_right = start_right, best_below = start_below;
  // Half a module at the alignment pattern for each step of depth.
  float step = 0.5f / (float) grid->modules * 1.4f;
  int reach = 8;
  for (int j = -reach; j <= reach; j++)
    for (int i = -reach; i <= reach; i++) {
      grid->depth_right = start_right * (1 + step * (float) i);
      grid->depth_below = start_below * (1 + step * (float) j);
      float fit = alignment_fit (grid, place, place) - 0.004f * (float) (abs (i) + abs (j));
      if (fit > best) {
        best = fit;
        best_right = grid->depth_right;
        best_below = grid->depth_below;
      }
    }
  if (best > 0.5f) {
    grid->depth_right = best_right;
    grid->depth_below = best_below;
  }
}

static void
climb (HwQrGrid *grid)
{
  float *const parameters[8] = { &grid->x_px[0],     &grid->y_px[0],    &grid->x_px[1],
                                 &grid->y_px[1],     &grid->x_px[2],    &grid->y_px[2],
                                 &grid->depth_right, &grid->depth_below };
  grid->fit = whole_fit (grid);
  for (float step = 0.4f; step > 0.06f; step *= 0.5f)
    for (int round = 0; round < 3; round++) {
      bool better = false;
      for (int i = 0; i < 8; i++)
        for (int sign = -1; sign <= 1; sign += 2) {
          float before = *parameters[i];
          float scale = i < 6 ? grid->module_px : 1.0f / (float) grid->modules;
          *parameters[i] += (float) sign * step * scale;
          float fit = whole_fit (grid);
          if (fit > grid->fit) {
            grid->fit = fit;
            better = true;
          } else {
            *parameters[i] = before;
          }
        }
      if (!better)
        break;
    }
}

static float
guess_modules (const HwQrTriple *triple)
{
  float right =
      hypotf (triple->right.x_px - triple->corner.x_px, triple->right.y_px - triple->corner.y_px);
  float below =
      hypotf (triple->below.x_px - triple->corner.x_px, triple->below.y_px - triple->corner.y_px);
  float modules_right = right / (triple->corner.module_px + triple->right.module_px) * 2;
  float modules_below = below / (triple->corner.module_px + triple->below.module_px) * 2;
  return (modules_right + modules_below) / 2 + 7;
}

bool
hw_qr_grid_fit (HwQrGrid *grid, const HwQrPlane *picture, const HwQrTriple *triple)
{
  const HwQrFinder *const targets[3] = { &triple->corner, &triple->right, &triple->below };
  HwQrGrid start = { .picture = picture, .light = triple->corner.light };
  HwQrGrid best = { .fit = -1 };

  for (int i = 0; i < 3; i++) {
    start.x_px[i] = targets[i]->x_px;
    start.y_px[i] = targets[i]->y_px;
    start.module_px += targets[i]->module_px / 3;
  }
  // What is farther away is smaller, in area by the third power of the depth.
  start.depth_right = powf (triple->corner.module_px / triple->right.module_px, 2.0f / 3);
  start.depth_below = powf (triple->corner.module_px / triple->below.module_px, 2.0f / 3);
  float modules = guess_modules (triple);
  int nearest = (int) lroundf ((modules - 17) / 4);
  int reach = 1 + nearest / 6;
  for (int version = nearest - reach; version <= nearest + reach; version++) {
    if (version < 1 || version > 40)
      continue;
    HwQrGrid guess = start;
    guess.modules = 17 + 4 * version;
    float timing = best_depth (&guess, &guess.depth_right, false) +
                   best_depth (&guess, &guess.depth_below, true);
    if (timing < 0.5f)
      continue;
    search_alignment (&guess);
    guess.fit = whole_fit (&guess);
    if (guess.fit > best.fit)
      best = guess;
  }
  if (best.fit < 0.3f)
    return false;
  climb (&best);
  *grid = best;
  return best.fit > 0.5f;
}
