// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads codes guided by their targets.

#include "hw/hw-qr-guide.h"

#include <math.h>

#define SURE_FIT 0.75f // a grid that fits less may lie over anything

// The likeliest first. The leaks are those of a slight and a strong blur, then of motion along one
// side.
static const HwQrSampling samplings[] = {
  { .spread = 0.4f },
  { .spread = 0.4f, .leak_right = 0.08f, .leak_below = 0.08f },
  { .spread = 0.2f, .leak_right = 0.15f, .leak_below = 0.15f },
  { .spread = 0.2f, .leak_right = 0.21f, .leak_below = 0.21f },
  { .spread = 0.2f, .leak_right = 0.26f, .leak_below = 0.26f },
  { .spread = 0.2f, .leak_right = 0.24f, .leak_below = 0.04f },
  { .spread = 0.2f, .leak_right = 0.04f, .leak_below = 0.24f },
  { .spread = 0.4f, .threshold = 0.2f },
  { .spread = 0.4f, .threshold = -0.2f },
  { .spread = 0.8f },
};
#define N_SAMPLINGS (sizeof samplings / sizeof samplings[0])

void
hw_qr_guide_begin (HwQrGuide *guide)
{
  guide->n_tried = 0;
  guide->n_spent = 0;
  guide->fitted = false;
}

static bool
is_near (const HwQrFinder *a, const HwQrFinder *b, float near_px)
{
  return fabsf (a->x_px - b->x_px) < near_px && fabsf (a->y_px - b->y_px) < near_px;
}

static bool
was_tried (HwQrGuide *guide, const HwQrTriple *triple)
{
  float near_px = 0.2f * triple->corner.module_px;
  for (size_t i = 0; i < guide->n_tried; i++)
    if (is_near (&guide->tried[i].corner, &triple->corner, near_px) &&
        is_near (&guide->tried[i].right, &triple->right, near_px) &&
        is_near (&guide->tried[i].below, &triple->below, near_px))
      return true;
  if (guide->n_tried < HW_QR_TRIED_MAX)
    guide->tried[guide->n_tried++] = *triple;
  return false;
}

// Whether the three has a target of a symbol that was read already.
static bool
is_spent (const HwQrGuide *guide, const HwQrTriple *triple)
{
  float near_px = 3 * triple->corner.module_px;
  for (size_t i = 0; i < guide->n_spent; i++) {
    const HwQrTriple *spent = &guide->spent[i];
    const HwQrFinder *const known[3] = { &spent->corner, &spent->right, &spent->below };
    for (int k = 0; k < 3; k++)
      if (is_near (known[k], &triple->corner, near_px) ||
          is_near (known[k], &triple->right, near_px) ||
          is_near (known[k], &triple->below, near_px))
        return true;
  }
  return false;
}

static void
report (const HwQrGuide *guide, HwQrCollection *collection)
{
  float far = (float) guide->grid.modules;
  const float u[4] = { 0, far, far, 0 }, v[4] = { 0, 0, far, far };
  HwQrReading reading = { .payload = guide->code.payload,
                          .payload_len = guide->code.payload_len,
                          .partial = guide->code.partial };
  for (int i = 0; i < 4; i++)
    hw_qr_grid_locate (&guide->grid, u[i], v[i], &reading.x_px[i], &reading.y_px[i]);
  hw_qr_collection_add (collection, &reading);
}

// Looks at the modules in one way after another.
static bool
read_modules (HwQrGuide *guide, const HwQrBudget *budget, HwQrCollection *collection)
{
  float measured = -1;
  for (size_t i = 0; i < N_SAMPLINGS && hw_qr_budget_left_ms (budget) > 0; i++) {
    if (samplings[i].spread != measured)
      hw_qr_modules_measure (&guide->modules, &guide->grid, samplings[i].spread);
    measured = samplings[i].spread;
    hw_qr_modules_judge (&guide->modules, guide->grid.modules, &samplings[i]);
    if (hw_qr_code_read (&guide->code, guide->modules.darkness, guide->grid.modules)) {
      report (guide, collection);
      return true;
    }
  }
  return false;
}

size_t
hw_qr_guide_read (HwQrGuide *guide,
                  const HwQrPlane *picture,
                  const HwQrFinder *finders,
                  size_t n_finders,
                  const HwQrBudget *budget,
                  HwQrCollection *collection)
{
  HwQrTriple triples[HW_QR_TRIPLES_MAX];
  size_t n_triples = hw_qr_finder_group (finders, n_finders, triples);
  for (size_t i = 0; i < n_triples && hw_qr_budget_left_ms (budget) > 0; i++) {
    if (is_spent (guide, &triples[i]) || was_tried (guide, &triples[i]) ||
        !hw_qr_grid_fit (&guide->grid, picture, &triples[i]))
      continue;
    guide->fitted = guide->fitted || guide->grid.fit > SURE_FIT;
    bool done = read_modules (guide, budget, collection);
    if (!done && hw_qr_budget_left_ms (budget) > 0) {
      hw_qr_modules_bend (&guide->modules, &guide->grid, budget);
      done = read_modules (guide, budget, collection);
    }
    if (done && guide->n_spent < HW_QR_TRIED_MAX)
      guide->spent[guide->n_spent++] = triples[i];
  }
  return n_triples;
}
