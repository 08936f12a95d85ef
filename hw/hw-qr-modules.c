// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Measuring modules: local contrast, and taking back what blur brought in from their neighbours.

#include "hw/hw-qr-modules.h"

#include <math.h>
#include <string.h>

#define UNBLUR_STEPS 8
#define WINDOW_REACH 5 // modules on either side whose dark and light count as the neighbourhood's

static void
sample_all (const HwQrGrid *grid, float spread, float *ret_lumas)
{
  for (int row = 0; row < grid->modules; row++)
    for (int column = 0; column < grid->modules; column++) {
      float sum = 0;
      for (int j = -1; j <= 1; j++)
        for (int i = -1; i <= 1; i++)
          sum += hw_qr_grid_luma (grid, (float) column + 0.5f + (float) i * spread / 2,
                                  (float) row + 0.5f + (float) j * spread / 2);
      *ret_lumas++ = sum / 9;
    }
}

static void
measure_window (HwQrModules *modules, int n_modules, int column, int row)
{
  int top = row - WINDOW_REACH < 0 ? 0 : row - WINDOW_REACH;
  int bottom = row + WINDOW_REACH >= n_modules ? n_modules - 1 : row + WINDOW_REACH;
  int left = column - WINDOW_REACH < 0 ? 0 : column - WINDOW_REACH;
  int right = column + WINDOW_REACH >= n_modules ? n_modules - 1 : column + WINDOW_REACH;
  float sum = 0, n = (float) ((bottom - top + 1) * (right - left + 1));
  for (int y = top; y <= bottom; y++)
    for (int x = left; x <= right; x++)
      sum += modules->lumas[y * n_modules + x];
  float mean = sum / n, dark = 0, n_dark = 0;
  for (int y = top; y <= bottom; y++)
    for (int x = left; x <= right; x++) {
      float luma = modules->lumas[y * n_modules + x];
      dark += luma < mean ? luma : 0;
      n_dark += luma < mean ? 1 : 0;
    }
  float light = n > n_dark ? (sum - dark) / (n - n_dark) : mean;
  dark = n_dark > 0 ? dark / n_dark : mean;
  int i = row * n_modules + column;
  modules->middles[i] = (dark + light) / 2;
  modules->ranges[i] = fmaxf (1, (light - dark) / 2);
}

void
hw_qr_modules_measure (HwQrModules *modules, const HwQrGrid *grid, float spread)
{
  sample_all (grid, spread, modules->lumas);
  for (int row = 0; row < grid->modules; row++)
    for (int column = 0; column < grid->modules; column++)
      measure_window (modules, grid->modules, column, row);
}

static float
darkness_or_quiet (const HwQrModules *modules, int n_modules, int column, int row)
{
  if (column < 0 || row < 0 || column >= n_modules || row >= n_modules)
    return -1;
  return modules->darkness[row * n_modules + column];
}

static float
row_blurred (const HwQrModules *modules, int n_modules, int column, int row, float leak)
{
  return (1 - 2 * leak) * darkness_or_quiet (modules, n_modules, column, row) +
         leak * (darkness_or_quiet (modules, n_modules, column - 1, row) +
                 darkness_or_quiet (modules, n_modules, column + 1, row));
}

// One step of van Cittert's deconvolution: adds what the blurred guess falls short of the
// measurement.
static void
unblur (HwQrModules *modules, int n_modules, const float *measured, const HwQrSampling *sampling)
{
  float right = sampling->leak_right, below = sampling->leak_below;
  for (int row = 0; row < n_modules; row++)
    for (int column = 0; column < n_modules; column++) {
      int i = row * n_modules + column;
      float blurred = (1 - 2 * below) * row_blurred (modules, n_modules, column, row, right) +
                      below * (row_blurred (modules, n_modules, column, row - 1, right) +
                               row_blurred (modules, n_modules, column, row + 1, right));
      // In place: the newer neighbours only make it converge sooner.
      float guess = modules->darkness[i] + measured[i] - blurred;
      modules->darkness[i] = fmaxf (-1, fminf (1, guess));
    }
}

void
hw_qr_modules_judge (HwQrModules *modules, int n_modules, const HwQrSampling *sampling)
{
  int n = n_modules * n_modules;
  for (int i = 0; i < n; i++)
    modules->darkness[i] =
        (modules->middles[i] - modules->lumas[i]) / modules->ranges[i] + sampling->threshold;
  if (sampling->leak_right <= 0 && sampling->leak_below <= 0)
    return;
  memcpy (modules->scratch, modules->darkness, (size_t) n * sizeof modules->scratch[0]);
  for (int step = 0; step < UNBLUR_STEPS; step++)
    unblur (modules, n_modules, modules->scratch, sampling);
}
