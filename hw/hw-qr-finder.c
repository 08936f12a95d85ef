// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Finds the square targets in the corners of QR codes by the widths 1:1:3:1:1 along rows and
// columns.

#include "hw/hw-qr-finder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_PX 8

// Where the threshold is looked up: one value a block.
struct binary {
  const HwQrPlane *picture;
  const uint8_t *thresholds;
  int n_across;
};

void
hw_qr_finder_scratch_clear (HwQrFinderScratch *scratch)
{
  free (scratch->thresholds);
  free (scratch->sums);
  *scratch = (HwQrFinderScratch){ 0 };
}

static bool
make_room (HwQrFinderScratch *scratch, size_t n_sums)
{
  if (n_sums <= scratch->capacity)
    return true;
  hw_qr_finder_scratch_clear (scratch);
  scratch->thresholds = malloc (n_sums);
  scratch->sums = malloc (n_sums * sizeof scratch->sums[0]);
  if (scratch->thresholds == NULL || scratch->sums == NULL) {
    hw_qr_finder_scratch_clear (scratch);
    return false;
  }
  scratch->capacity = n_sums;
  return true;
}

static unsigned
block_mean (const HwQrPlane *picture, int block_x, int block_y)
{
  // The last row and column of blocks is moved inwards rather than cut.
  int x0 = block_x * BLOCK_PX, y0 = block_y * BLOCK_PX;
  if (x0 > picture->width_px - BLOCK_PX)
    x0 = picture->width_px - BLOCK_PX;
  if (y0 > picture->height_px - BLOCK_PX)
    y0 = picture->height_px - BLOCK_PX;
  unsigned sum = 0;
  for (int y = 0; y < BLOCK_PX; y++) {
    const uint8_t *row = picture->luma + (size_t) (y0 + y) * (size_t) picture->width_px + x0;
    for (int x = 0; x < BLOCK_PX; x++)
      sum += row[x];
  }
  return sum / (BLOCK_PX * BLOCK_PX);
}

static int
clamp (int value, int low, int high)
{
  return value < low ? low : value > high ? high : value;
}

static void
fill_thresholds (HwQrFinderScratch *scratch, const HwQrPlane *picture, int window_px)
{
  int across = (picture->width_px + BLOCK_PX - 1) / BLOCK_PX;
  int down = (picture->height_px + BLOCK_PX - 1) / BLOCK_PX;
  size_t sums_width = (size_t) across + 1;
  int reach = clamp (window_px / (2 * BLOCK_PX), 1, across + down);

  memset (scratch->sums, 0, sums_width * sizeof scratch->sums[0]);
  for (int y = 0; y < down; y++) {
    uint32_t *above = scratch->sums + (size_t) y * sums_width;
    uint32_t *row = above + sums_width;
    uint32_t row_sum = 0;
    row[0] = 0;
    for (int x = 0; x < across; x++) {
      row_sum += block_mean (picture, x, y);
      row[x + 1] = above[x + 1] + row_sum;
    }
  }
  for (int y = 0; y < down; y++) {
    int y0 = clamp (y - reach, 0, down), y1 = clamp (y + reach + 1, 0, down);
    const uint32_t *top = scratch->sums + (size_t) y0 * sums_width;
    const uint32_t *bottom = scratch->sums + (size_t) y1 * sums_width;
    for (int x = 0; x < across; x++) {
      int x0 = clamp (x - reach, 0, across), x1 = clamp (x + reach + 1, 0, across);
      uint32_t sum = bottom[x1] - bottom[x0] - top[x1] + top[x0];
      scratch->thresholds[(size_t) y * (size_t) across + (size_t) x] =
          (uint8_t) (sum / (uint32_t) ((x1 - x0) * (y1 - y0)));
    }
  }
}

static int
threshold_at (const struct binary *binary, int x, int y)
{
  return binary->thresholds[(y / BLOCK_PX) * binary->n_across + x / BLOCK_PX];
}

static int
luma_at (const struct binary *binary, int x, int y)
{
  return binary->picture->luma[(size_t) y * (size_t) binary->picture->width_px + (size_t) x];
}

static bool
is_dark (const struct binary *binary, int x, int y)
{
  return luma_at (binary, x, y) < threshold_at (binary, x, y);
}

// Where between two neighbours of different colour the threshold is crossed.
static float
crossing (int from, int to, int threshold)
{
  int step = to - from;
  return step == 0 ? 0.5f : (float) (threshold - from) / (float) step;
}

// `edges` are the six borders of five runs; tells whether they are a cut through a target.
static bool
is_target_cut (const float *edges, float *ret_module_px)
{
  float module = (edges[5] - edges[0]) / 7;
  if (module < 0.9f)
    return false;
  float slack = 0.55f * module + 0.35f;
  for (int i = 0; i < 5; i++) {
    float wanted = i == 2 ? 3 * module : module;
    float slack_here = i == 2 ? slack * 1.5f : slack;
    if (fabsf (edges[i + 1] - edges[i] - wanted) > slack_here)
      return false;
  }
  *ret_module_px = module;
  return true;
}

// Walks from (x, y) along one axis, `sign` -1 or 1, and records where the colour changes for the
// first three times.
static bool
walk (const struct binary *binary, int x, int y, int dx, int dy, int limit_px, float *ret_edges)
{
  bool dark = is_dark (binary, x, y);
  int n_edges = 0;
  for (int step = 1; step <= limit_px; step++) {
    int nx = x + dx * step, ny = y + dy * step;
    if (nx < 0 || ny < 0 || nx >= binary->picture->width_px || ny >= binary->picture->height_px) {
      // The border of the picture stands in for a quiet zone that was cut off.
      if (n_edges < 2)
        return false;
      ret_edges[2] = (float) step - 0.5f;
      return true;
    }
    if (is_dark (binary, nx, ny) == dark)
      continue;
    dark = !dark;
    float part = crossing (luma_at (binary, nx - dx, ny - dy), luma_at (binary, nx, ny),
                           threshold_at (binary, nx, ny));
    part = part < 0 ? 0 : part > 1 ? 1 : part;
    ret_edges[n_edges++] = (float) (step - 1) + part;
    if (n_edges == 3)
      return true;
  }
  return false;
}

static bool
cut_through (
    const struct binary *binary, int x, int y, bool down, float *ret_middle, float *ret_module)
{
  float before[3], after[3];
  int dx = down ? 0 : 1, dy = down ? 1 : 0;
  int limit_px = binary->picture->width_px + binary->picture->height_px;
  if (!walk (binary, x, y, -dx, -dy, limit_px, before) ||
      !walk (binary, x, y, dx, dy, limit_px, after))
    return false;
  const float edges[6] = { -before[2], -before[1], -before[0], after[0], after[1], after[2] };
  if (!is_target_cut (edges, ret_module))
    return false;
  *ret_middle = (float) (down ? y : x) + (edges[2] + edges[3] + edges[1] + edges[4]) / 4;
  return true;
}

static void
add_finder (HwQrFinder *finders, size_t *n_finders, const HwQrFinder *seen)
{
  for (size_t i = 0; i < *n_finders; i++) {
    HwQrFinder *known = &finders[i];
    float near = 1.5f * known->module_px;
    if (known->light != seen->light || fabsf (known->x_px - seen->x_px) > near ||
        fabsf (known->y_px - seen->y_px) > near)
      continue;
    float share = 1.0f / (float) ++known->n_rows;
    known->x_px += (seen->x_px - known->x_px) * share;
    known->y_px += (seen->y_px - known->y_px) * share;
    known->module_px += (seen->module_px - known->module_px) * share;
    return;
  }
  if (*n_finders < HW_QR_FINDERS_MAX) {
    finders[(*n_finders)++] = *seen;
    return;
  }
  // A full table gives up its weakest entry.
  size_t weakest = 0;
  for (size_t i = 1; i < *n_finders; i++)
    if (finders[i].n_rows < finders[weakest].n_rows)
      weakest = i;
  if (finders[weakest].n_rows == 1)
    finders[weakest] = *seen;
}

static void
check_target (const struct binary *binary, float x, int y, HwQrFinder *finders, size_t *n_finders)
{
  HwQrFinder seen = { .n_rows = 1 };
  float module_down, module_across;
  int column = clamp ((int) (x + 0.5f), 0, binary->picture->width_px - 1);
  seen.light = !is_dark (binary, column, y);
  if (!cut_through (binary, column, y, true, &seen.y_px, &module_down))
    return;
  int row = clamp ((int) (seen.y_px + 0.5f), 0, binary->picture->height_px - 1);
  if (is_dark (binary, column, row) == seen.light ||
      !cut_through (binary, column, row, false, &seen.x_px, &module_across))
    return;
  if (module_down > 2.2f * module_across || module_across > 2.2f * module_down)
    return;
  seen.module_px = sqrtf (module_down * module_across);
  add_finder (finders, n_finders, &seen);
}

static void
search_row (const struct binary *binary, int y, HwQrFinder *finders, size_t *n_finders)
{
  float edges[6] = { 0 };
  int n_edges = 1; // the border of the picture counts as one
  int width = binary->picture->width_px;
  const uint8_t *row = binary->picture->luma + (size_t) y * (size_t) width;
  const uint8_t *thresholds =
      binary->thresholds + (size_t) (y / BLOCK_PX) * (size_t) binary->n_across;
  bool dark = row[0] < thresholds[0];

  edges[5] = -0.5f;
  for (int x = 1; x <= width; x++) {
    if (x < width && (row[x] < thresholds[x / BLOCK_PX]) == dark)
      continue;
    dark = !dark;
    memmove (&edges[0], &edges[1], 5 * sizeof edges[0]);
    float part = 0.5f;
    if (x < width)
      part = crossing (row[x - 1], row[x], thresholds[x / BLOCK_PX]);
    edges[5] = (float) (x - 1) + (part < 0 ? 0 : part > 1 ? 1 : part);
    float module;
    if (++n_edges >= 6 && is_target_cut (edges, &module))
      check_target (binary, (edges[2] + edges[3]) / 2, y, finders, n_finders);
  }
}

size_t
hw_qr_finder_search (HwQrFinderScratch *scratch,
                     const HwQrPlane *picture,
                     int row_step,
                     int window_px,
                     HwQrFinder *ret_finders)
{
  size_t n_finders = 0;
  if (picture->width_px < 2 * BLOCK_PX || picture->height_px < 2 * BLOCK_PX)
    return 0;
  size_t across = ((size_t) picture->width_px + BLOCK_PX - 1) / BLOCK_PX;
  size_t down = ((size_t) picture->height_px + BLOCK_PX - 1) / BLOCK_PX;
  if (!make_room (scratch, (across + 1) * (down + 1)))
    return 0;
  fill_thresholds (scratch, picture, window_px);
  struct binary binary = { picture, scratch->thresholds, (int) across };
  for (int y = row_step / 2; y < picture->height_px; y += row_step)
    search_row (&binary, y, ret_finders, &n_finders);
  return n_finders;
}

// How far three targets are from the corners of a square: differing legs, a bent corner, differing
// module sizes.
static float
misfit_of (const HwQrFinder *corner, const HwQrFinder *a, const HwQrFinder *b)
{
  float ax = a->x_px - corner->x_px, ay = a->y_px - corner->y_px;
  float bx = b->x_px - corner->x_px, by = b->y_px - corner->y_px;
  float leg_a = hypotf (ax, ay), leg_b = hypotf (bx, by);
  float module = (corner->module_px + a->module_px + b->module_px) / 3;
  float shorter = leg_a < leg_b ? leg_a : leg_b;
  // Version 1 has 14 modules between its targets, version 40 has 170.
  if (shorter < 9 * module || leg_a + leg_b > 400 * module)
    return INFINITY;
  float bend = fabsf (ax * bx + ay * by) / (leg_a * leg_b);
  float legs = fabsf (logf (leg_a / leg_b));
  float sizes = fabsf (logf (a->module_px / corner->module_px)) +
                fabsf (logf (b->module_px / corner->module_px));
  if (bend > 0.72f || legs > 0.7f || sizes > 1.2f)
    return INFINITY;
  return bend + legs + 0.6f * sizes;
}

static void
add_triple (HwQrTriple *triples, size_t *n_triples, const HwQrTriple *triple)
{
  size_t place = *n_triples;
  while (place > 0 && triples[place - 1].misfit > triple->misfit)
    place--;
  if (place == HW_QR_TRIPLES_MAX)
    return;
  if (*n_triples < HW_QR_TRIPLES_MAX)
    (*n_triples)++;
  memmove (&triples[place + 1], &triples[place], (*n_triples - place - 1) * sizeof *triple);
  triples[place] = *triple;
}

static void
consider (const HwQrFinder *finders, size_t i, size_t j, size_t k, HwQrTriple *triples, size_t *n)
{
  const HwQrFinder *corner = &finders[i], *a = &finders[j], *b = &finders[k];
  HwQrTriple triple = { .misfit = misfit_of (corner, a, b) };
  if (!isfinite (triple.misfit))
    return;
  // A target that many rows saw is likelier to be one.
  int fewest = corner->n_rows < a->n_rows ? corner->n_rows : a->n_rows;
  if (b->n_rows < fewest)
    fewest = b->n_rows;
  triple.misfit += 0.6f / (float) fewest;
  float turn = (a->x_px - corner->x_px) * (b->y_px - corner->y_px) -
               (a->y_px - corner->y_px) * (b->x_px - corner->x_px);
  triple.corner = *corner;
  triple.right = turn > 0 ? *a : *b;
  triple.below = turn > 0 ? *b : *a;
  add_triple (triples, n, &triple);
}

size_t
hw_qr_finder_group (const HwQrFinder *finders, size_t n_finders, HwQrTriple *ret_triples)
{
  size_t n_triples = 0;
  for (size_t i = 0; i < n_finders; i++)
    for (size_t j = 0; j < n_finders; j++)
      for (size_t k = j + 1; k < n_finders; k++)
        if (i != j && i != k && finders[i].light == finders[j].light &&
            finders[i].light == finders[k].light)
          consider (finders, i, j, k, ret_triples, &n_triples);
  return n_triples;
}
