// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Follows a symbol that is not flat: knots of the grid move to where the modules around them are
// clearest.

#include "hw/hw-qr-code.h"
#include "hw/hw-qr-modules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct bending {
  HwQrGrid *grid;
  const float *middles;
  const float *colours; // what is known: +1 light, -1 dark, 0 unknown (payload)
  bool settled[HW_QR_KNOTS_MAX * HW_QR_KNOTS_MAX];
};

static int
ring_of (int dx, int dy)
{
  return abs (dx) > abs (dy) ? abs (dx) : abs (dy);
}

static float
known_colour (const HwQrGrid *grid, const int *alignments, int n_alignments, int column, int row)
{
  int far = grid->modules - 8;
  bool left = column < 8, right = column >= far, top = row < 8, bottom = row >= far;
  if ((left && top) || (right && top) || (left && bottom)) {
    int ring = ring_of (column - (right ? far + 4 : 3), row - (bottom ? far + 4 : 3));
    return ring == 2 || ring == 4 ? 1 : -1;
  }
  if (row == 6)
    return (column & 1) ? 1 : -1;
  if (column == 6)
    return (row & 1) ? 1 : -1;
  int dx = 3, dy = 3;
  for (int i = 0; i < n_alignments; i++) {
    if (abs (column - alignments[i]) < abs (dx))
      dx = column - alignments[i];
    if (abs (row - alignments[i]) < abs (dy))
      dy = row - alignments[i];
  }
  int ring = ring_of (dx, dy);
  return ring > 2 ? 0 : ring == 1 ? 1 : -1;
}

// How black and white the modules around a knot are: a misplaced one lies on a border and is grey.
static float
contrast_around (const struct bending *bending, int i, int j)
{
  const HwQrGrid *grid = bending->grid;
  float pitch = (float) grid->modules / (float) (grid->knots - 1);
  int left = (int) (pitch * (float) (i - 1)), right = (int) (pitch * (float) (i + 1));
  int top = (int) (pitch * (float) (j - 1)), bottom = (int) (pitch * (float) (j + 1));
  float sum = 0, n = 0;
  for (int row = top < 0 ? 0 : top; row < grid->modules && row <= bottom; row++)
    for (int column = left < 0 ? 0 : left; column < grid->modules && column <= right; column++) {
      // Every second module of unknown colour is enough.
      if (bending->colours[row * grid->modules + column] == 0 && ((row + column) & 1))
        continue;
      float off_x = fabsf ((float) column + 0.5f - pitch * (float) i) / pitch;
      float off_y = fabsf ((float) row + 0.5f - pitch * (float) j) / pitch;
      if (off_x >= 1 || off_y >= 1)
        continue;
      float weight = (1 - off_x) * (1 - off_y);
      int at = row * grid->modules + column;
      float excess =
          hw_qr_grid_luma (grid, (float) column + 0.5f, (float) row + 0.5f) - bending->middles[at];
      float colour = bending->colours[at];
      sum += weight * (colour == 0 ? fabsf (excess) : 2 * colour * excess);
      n += weight;
    }
  return n > 0 ? sum / n : 0;
}

// Where its settled neighbours would have a knot. False when it has none.
static bool
neighbours_bend (const struct bending *bending, int i, int j, float *ret_x_px, float *ret_y_px)
{
  const HwQrGrid *grid = bending->grid;
  float x = 0, y = 0, n = 0;
  for (int dj = -1; dj <= 1; dj++)
    for (int di = -1; di <= 1; di++) {
      int ni = i + di, nj = j + dj, at = nj * grid->knots + ni;
      if ((di == 0 && dj == 0) || ni < 0 || nj < 0 || ni >= grid->knots || nj >= grid->knots ||
          !bending->settled[at])
        continue;
      float weight = di == 0 || dj == 0 ? 1 : 0.5f;
      x += weight * grid->bend_x_px[at];
      y += weight * grid->bend_y_px[at];
      n += weight;
    }
  if (n == 0)
    return false;
  *ret_x_px = x / n;
  *ret_y_px = y / n;
  return true;
}

static void
settle_knot (struct bending *bending, int i, int j, float step_px, float stiffness)
{
  HwQrGrid *grid = bending->grid;
  int at = j * grid->knots + i;
  float *x = &grid->bend_x_px[at], *y = &grid->bend_y_px[at];
  float rest_x = 0, rest_y = 0, best = -INFINITY;
  bool held = neighbours_bend (bending, i, j, &rest_x, &rest_y);
  if (!bending->settled[at]) {
    *x = rest_x;
    *y = rest_y;
    bending->settled[at] = true;
  }
  float start_x = *x, start_y = *y, best_x = *x, best_y = *y;
  for (int dy = -1; dy <= 1; dy++)
    for (int dx = -1; dx <= 1; dx++) {
      *x = start_x + (float) dx * step_px;
      *y = start_y + (float) dy * step_px;
      float strain_x = (*x - rest_x) / grid->module_px, strain_y = (*y - rest_y) / grid->module_px;
      float strain = held ? strain_x * strain_x + strain_y * strain_y : 0;
      float gain = contrast_around (bending, i, j) - stiffness * strain;
      if (gain > best) {
        best = gain;
        best_x = *x;
        best_y = *y;
      }
    }
  *x = best_x;
  *y = best_y;
}

// From the three targets outwards: each knot begins where its neighbours already are, so that no
// place is a module off.
static void
settle_all (struct bending *bending, float step_px, float stiffness)
{
  int last = bending->grid->knots - 1;
  for (int distance = 0; distance <= last; distance++)
    for (int j = 0; j <= last; j++)
      for (int i = 0; i <= last; i++) {
        int from_corner = ring_of (i, j), from_right = ring_of (last - i, j);
        int from_below = ring_of (i, last - j);
        int nearest = from_corner < from_right ? from_corner : from_right;
        if ((nearest < from_below ? nearest : from_below) == distance)
          settle_knot (bending, i, j, step_px, stiffness);
      }
}

void
hw_qr_modules_bend (HwQrModules *modules, HwQrGrid *grid, const HwQrBudget *budget)
{
  int places[7], n_modules = grid->modules;
  int n_places = hw_qr_code_alignments (n_modules, places);
  float *colours = modules->scratch;
  for (int row = 0; row < n_modules; row++)
    for (int column = 0; column < n_modules; column++)
      colours[row * n_modules + column] = known_colour (grid, places, n_places, column, row);

  hw_qr_modules_measure (modules, grid, 0.4f);
  float range = 0;
  for (int i = 0; i < n_modules * n_modules; i++)
    range += modules->ranges[i] / (float) (n_modules * n_modules);
  int knots = 2 + n_modules / 6;
  grid->knots = knots > HW_QR_KNOTS_MAX ? HW_QR_KNOTS_MAX : knots;
  memset (grid->bend_x_px, 0, sizeof grid->bend_x_px);
  memset (grid->bend_y_px, 0, sizeof grid->bend_y_px);
  struct bending bending = { .grid = grid, .middles = modules->middles, .colours = colours };
  static const float steps[] = { 0.3f, 0.3f, 0.18f, 0.1f }; // modules;
  for (size_t i = 0; i < sizeof steps / sizeof steps[0] && hw_qr_budget_left_ms (budget) > 0; i++)
    settle_all (&bending, steps[i] * grid->module_px, 0.4f * range);
}
