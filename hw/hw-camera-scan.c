// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The activity gauge: the picture shrunk to a coarse grid, compared with the grid of the last frame
// that was looked at.

#include "hw/hw-camera-scan.h"

#include <stdlib.h>
#include <string.h>

#define GRID_COLUMNS  64
#define GRID_ROWS     36
#define SAMPLES       4       // by 4 in each cell: averages sensor noise away
#define CELL_CHANGE   10      // of 255: more than noise and flicker of lamps
#define CELLS_CHANGED 12      // of 2304: a card of 3 cm at 60 cm covers more
#define AWAKE_US      2000000 // after the last change or code
#define DROWSY_US     200000  // between looks at a still scene
#define BRIGHT        48      // of 255: black is 16
#define CONTRAST      20      // of 255, between the darkest cell and the brightest

struct HwCameraScan {
  HwQrDecoder *decoder;
  uint8_t grid[GRID_ROWS][GRID_COLUMNS];
  bool has_grid;
  bool is_blind;
  int64_t awake_until_us;
  int64_t looked_at_us;
};

HwCameraScan *
hw_camera_scan_new (void)
{
  HwCameraScan *scan = calloc (1, sizeof *scan);
  if (scan != NULL)
    scan->decoder = hw_qr_decoder_new ();
  return scan;
}

void
hw_camera_scan_free (HwCameraScan *scan)
{
  if (scan == NULL)
    return;
  hw_qr_decoder_free (scan->decoder);
  free (scan);
}

static uint8_t
average_cell (const HwGreyFrame *frame, int row, int column)
{
  unsigned sum = 0;
  for (int i = 0; i < SAMPLES; i++) {
    int y = (int) (((int64_t) row * SAMPLES + i) * frame->height_px / (GRID_ROWS * SAMPLES));
    const uint8_t *line = frame->luma + (size_t) y * (size_t) frame->stride;
    for (int j = 0; j < SAMPLES; j++)
      sum += line[((int64_t) column * SAMPLES + j) * frame->width_px / (GRID_COLUMNS * SAMPLES)];
  }
  return (uint8_t) (sum / (SAMPLES * SAMPLES));
}

// Compares with, and becomes, the grid of the last change: a slow drift adds up and is seen.
static bool
has_changed (HwCameraScan *scan, const HwGreyFrame *frame)
{
  uint8_t grid[GRID_ROWS][GRID_COLUMNS];
  unsigned n_changed = 0;
  uint8_t darkest = UINT8_MAX, brightest = 0;
  for (int row = 0; row < GRID_ROWS; row++)
    for (int column = 0; column < GRID_COLUMNS; column++) {
      grid[row][column] = average_cell (frame, row, column);
      darkest = grid[row][column] < darkest ? grid[row][column] : darkest;
      brightest = grid[row][column] > brightest ? grid[row][column] : brightest;
      if (abs (grid[row][column] - scan->grid[row][column]) > CELL_CHANGE)
        n_changed++;
    }
  bool changed = !scan->has_grid || n_changed > CELLS_CHANGED;
  if (changed)
    memcpy (scan->grid, grid, sizeof grid);
  scan->has_grid = true;
  scan->is_blind = brightest < BRIGHT || brightest - darkest < CONTRAST;
  return changed;
}

size_t
hw_camera_scan_frame (HwCameraScan *scan,
                      const HwGreyFrame *frame,
                      int64_t now_us,
                      HwQrSymbol *ret_symbols)
{
  if (has_changed (scan, frame))
    scan->awake_until_us = now_us + AWAKE_US;
  if (hw_camera_scan_is_at_rest (scan, now_us) && now_us - scan->looked_at_us < DROWSY_US)
    return 0;
  scan->looked_at_us = now_us;
  size_t n = hw_qr_decoder_decode (scan->decoder, frame, HW_CAMERA_FRAME_BUDGET_MS, ret_symbols);
  if (n > 0)
    scan->awake_until_us = now_us + AWAKE_US;
  return n;
}

bool
hw_camera_scan_is_at_rest (const HwCameraScan *scan, int64_t now_us)
{
  return now_us > scan->awake_until_us;
}

bool
hw_camera_scan_is_blind (const HwCameraScan *scan)
{
  return scan->is_blind;
}
