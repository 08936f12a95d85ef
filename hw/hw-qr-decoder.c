// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What runs when: a cheap search for targets on every frame, then harder passes in turn as budget
// and credit allow.

#include "hw/hw-qr-decoder.h"
#include "hw/hw-qr-budget.h"
#include "hw/hw-qr-collection.h"
#include "hw/hw-qr-finder.h"
#include "hw/hw-qr-guide.h"
#include "hw/hw-qr-plane.h"
#include "hw/hw-qr-zbar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BASE_AREA_MAX_PX  (1000 * 1000) // larger frames are shrunk by a whole factor
#define SMALL_AREA_MAX_PX (400 * 1000)  // larger pictures are searched at half size first

// The harder passes are paid from a credit that every frame tops up a little, so that a picture
// without codes, or one with something that looks like a code, costs little however long it stays;
// the first frames of a still picture have it all.
#define CREDIT_MAX_BUDGETS    10
#define CREDIT_PER_FRAME      0.06 // of the frame's budget
#define CREDIT_KEPT_BUDGETS   5    // for when there is something to see
#define FRAMES_AFTER_A_FIT    30   // while a code has lately been seen, credit does not count
#define ROWS_OF_A_SURE_TARGET 3
#define TARGETS_OF_A_SYMBOL   3

struct pass {
  const char *name;
  void (*run) (HwQrDecoder *self, const struct pass *pass);
  int sharpen_radius_px; // for a search: 0 for none
  int sharpen_gain;
  int window_px;     // 0: a quarter of the picture's width
  double ms_per_mpx; // a first guess
};

struct HwQrDecoder {
  HwQrZbar *zbar;
  HwQrPlane base;
  HwQrPlane small;
  HwQrPlane work;
  HwQrFinderScratch scratch;
  HwQrGuide guide;
  HwQrCollection collection;
  HwQrBudget budget;
  double credit_ms;
  double *ms_per_mpx; // one for each pass, learnt
  unsigned next_pass;
  unsigned n_frames;
  int frames_since_fit;
};

static void
search (HwQrDecoder *self,
        const HwQrPlane *picture,
        int window_px,
        HwQrFinder *ret_finders,
        size_t *ret_n)
{
  *ret_n = hw_qr_finder_search (&self->scratch, picture, 1, window_px, ret_finders);
  // Other sizes than the base's: the places are those of the base.
  float scale = (float) self->base.width_px / (float) picture->width_px;
  if (picture->width_px == self->base.width_px)
    return;
  scale = scale > 1 ? 2 : 0.5f;
  for (size_t i = 0; i < *ret_n; i++) {
    ret_finders[i].x_px = (ret_finders[i].x_px + 0.5f) * scale - 0.5f;
    ret_finders[i].y_px = (ret_finders[i].y_px + 0.5f) * scale - 0.5f;
    ret_finders[i].module_px *= scale;
  }
}

static size_t
read_guided (HwQrDecoder *self, const HwQrPlane *picture, int window_px)
{
  HwQrFinder finders[HW_QR_FINDERS_MAX];
  size_t n_finders;
  if (window_px == 0)
    window_px = picture->width_px / 4;
  search (self, picture, window_px, finders, &n_finders);
  return hw_qr_guide_read (&self->guide, &self->base, finders, n_finders, &self->budget,
                           &self->collection);
}

static void
run_search (HwQrDecoder *self, const struct pass *pass)
{
  const HwQrPlane *picture = &self->base;
  if (pass->sharpen_radius_px > 0) {
    if (!hw_qr_plane_sharpen (&self->work, picture, pass->sharpen_radius_px, pass->sharpen_gain))
      return;
    picture = &self->work;
  }
  (void) read_guided (self, picture, pass->window_px);
}

static void
run_search_double (HwQrDecoder *self, const struct pass *pass)
{
  if (self->base.luma_len <= SMALL_AREA_MAX_PX && hw_qr_plane_double (&self->work, &self->base))
    (void) read_guided (self, &self->work, pass->window_px);
}

static void
scan (HwQrDecoder *self, const HwQrPlane *picture, float scale)
{
  self->collection.scale *= scale;
  hw_qr_zbar_scan (self->zbar, picture, 1, &self->collection);
  self->collection.scale /= scale;
}

static void
run_zbar (HwQrDecoder *self, const struct pass *pass)
{
  scan (self, &self->base, 1);
}

static void
run_zbar_half (HwQrDecoder *self, const struct pass *pass)
{
  if (hw_qr_plane_halve (&self->work, &self->base))
    scan (self, &self->work, 2);
}

static void
run_zbar_double (HwQrDecoder *self, const struct pass *pass)
{
  if (self->base.luma_len <= SMALL_AREA_MAX_PX && hw_qr_plane_double (&self->work, &self->base))
    scan (self, &self->work, 0.5f);
}

static void
run_zbar_inverted (HwQrDecoder *self, const struct pass *pass)
{
  if (hw_qr_plane_invert (&self->work, &self->base))
    scan (self, &self->work, 1);
}

#define PASS_ZBAR 0
static const struct pass passes[] = {
  { .name = "zbar", .run = run_zbar, .ms_per_mpx = 20 },
  { .name = "guided, local", .run = run_search, .window_px = 24, .ms_per_mpx = 12 },
  { .name = "guided, sharp",
    .run = run_search,
    .sharpen_radius_px = 2,
    .sharpen_gain = 3,
    .ms_per_mpx = 15 },
  { .name = "guided, smooth",
    .run = run_search,
    .sharpen_radius_px = 1,
    .sharpen_gain = -1,
    .ms_per_mpx = 12 },
  { .name = "guided, sharper",
    .run = run_search,
    .sharpen_radius_px = 4,
    .sharpen_gain = 4,
    .window_px = 24,
    .ms_per_mpx = 15 },
  { .name = "guided, full size", .run = run_search, .ms_per_mpx = 12 },
  { .name = "zbar half", .run = run_zbar_half, .ms_per_mpx = 6 },
  { .name = "guided, double", .run = run_search_double, .window_px = 24, .ms_per_mpx = 50 },
  { .name = "guided, smoother",
    .run = run_search,
    .sharpen_radius_px = 2,
    .sharpen_gain = -1,
    .ms_per_mpx = 12 },
  { .name = "zbar inverted", .run = run_zbar_inverted, .ms_per_mpx = 20 },
  { .name = "zbar double", .run = run_zbar_double, .ms_per_mpx = 80 },
};
#define N_PASSES (sizeof passes / sizeof passes[0])

HwQrDecoder *
hw_qr_decoder_new (void)
{
  HwQrDecoder *self = calloc (1, sizeof *self);
  if (self == NULL)
    return NULL;
  self->zbar = hw_qr_zbar_new ();
  self->ms_per_mpx = malloc (N_PASSES * sizeof self->ms_per_mpx[0]);
  if (self->zbar == NULL || self->ms_per_mpx == NULL ||
      !hw_qr_collection_init (&self->collection)) {
    hw_qr_decoder_free (self);
    return NULL;
  }
  for (size_t i = 0; i < N_PASSES; i++)
    self->ms_per_mpx[i] = passes[i].ms_per_mpx;
  self->credit_ms = INFINITY; // full: cut to size by the first frame's budget
  self->frames_since_fit = FRAMES_AFTER_A_FIT;
  return self;
}

void
hw_qr_decoder_free (HwQrDecoder *self)
{
  if (self == NULL)
    return;
  hw_qr_zbar_free (self->zbar);
  hw_qr_plane_clear (&self->base);
  hw_qr_plane_clear (&self->small);
  hw_qr_plane_clear (&self->work);
  hw_qr_finder_scratch_clear (&self->scratch);
  hw_qr_collection_clear (&self->collection);
  free (self->ms_per_mpx);
  free (self);
}

static void
run_pass (HwQrDecoder *self, size_t i)
{
  double area_mpx = (double) self->base.luma_len * 1e-6, start_ms = hw_qr_cpu_ms ();
  self->collection.engine = passes[i].name;
  passes[i].run (self, &passes[i]);
  double ms = hw_qr_cpu_ms () - start_ms;
  self->ms_per_mpx[i] += (ms / area_mpx - self->ms_per_mpx[i]) / 4;
  self->credit_ms -= ms;
}

// Each pass at most once a frame, beginning where the last frame ended; one that finds something
// comes first the next time.
static void
run_passes (HwQrDecoder *self, double credit_kept_ms, size_t n_wanted)
{
  double area_mpx = (double) self->base.luma_len * 1e-6;
  unsigned first = self->next_pass;
  bool in_turn = true;
  for (unsigned k = 0; k < N_PASSES; k++) {
    size_t i = (first + k) % N_PASSES;
    if (self->credit_ms <= credit_kept_ms)
      return;
    if (k > 0 && self->ms_per_mpx[i] * area_mpx > hw_qr_budget_left_ms (&self->budget)) {
      in_turn = false; // the next frame begins with this one
      continue;
    }
    run_pass (self, i);
    if (self->collection.n_symbols >= n_wanted)
      return;
    if (in_turn)
      self->next_pass = (unsigned) (i + 1) % N_PASSES;
  }
}

// The whole frame, and on every second call a quarter of it if it is too large to be looked at in
// full.
static HwGreyFrame
choose_part (HwQrDecoder *self, const HwGreyFrame *frame, int *ret_factor)
{
  static const struct {
    int x, y; // in quarters of the side
  } parts[] = { { 1, 1 }, { 0, 0 }, { 2, 0 }, { 0, 2 }, { 2, 2 } };
  HwGreyFrame part = *frame;
  unsigned turn = self->n_frames++;
  double area_px = (double) frame->width_px * frame->height_px;
  self->collection.left_px = 0;
  self->collection.top_px = 0;
  if (area_px > BASE_AREA_MAX_PX && turn % 2 == 1) {
    int left_px = frame->width_px / 4 * parts[turn / 2 % 5].x;
    int top_px = frame->height_px / 4 * parts[turn / 2 % 5].y;
    part.luma += (size_t) top_px * (size_t) frame->stride + (size_t) left_px;
    part.width_px = frame->width_px / 2;
    part.height_px = frame->height_px / 2;
    self->collection.left_px = (float) left_px;
    self->collection.top_px = (float) top_px;
  }
  int factor = 1;
  while ((double) (part.width_px / factor) * (part.height_px / factor) > BASE_AREA_MAX_PX)
    factor++;
  self->collection.scale = (float) factor;
  *ret_factor = factor;
  return part;
}

static size_t
count_sure_targets (const HwQrFinder *finders, size_t n_finders)
{
  size_t n = 0;
  for (size_t i = 0; i < n_finders; i++)
    n += finders[i].n_rows >= ROWS_OF_A_SURE_TARGET;
  return n;
}

static void
decode_base (HwQrDecoder *self, double budget_ms)
{
  const HwQrPlane *picture = &self->base;
  HwQrFinder finders[HW_QR_FINDERS_MAX];
  size_t n_finders;

  if (picture->luma_len > SMALL_AREA_MAX_PX) {
    if (!hw_qr_plane_halve (&self->small, &self->base))
      return;
    picture = &self->small;
  }
  self->collection.engine = "guided";
  search (self, picture, picture->width_px / 4, finders, &n_finders);
  size_t n_triples = hw_qr_guide_read (&self->guide, &self->base, finders, n_finders, &self->budget,
                                       &self->collection);

  // A pass that was dearer than the credit leaves a debt, which the next frames pay off first.
  self->credit_ms += CREDIT_PER_FRAME * budget_ms;
  self->credit_ms = fmin (self->credit_ms, CREDIT_MAX_BUDGETS * budget_ms);
  self->frames_since_fit = self->guide.fitted ? 0 : self->frames_since_fit + 1;
  // More targets than the symbols account for: another one is in view.
  size_t n_wanted = count_sure_targets (finders, n_finders) / TARGETS_OF_A_SYMBOL;
  if (n_wanted > HW_QR_SYMBOLS_MAX) {
    // The guide tries some threes only: of a wallpaper ZBar knows which are nearest the middle.
    if (self->credit_ms > 0)
      run_pass (self, PASS_ZBAR);
    return;
  }
  n_wanted = n_wanted < 1 ? 1 : n_wanted;
  if (self->collection.n_symbols >= n_wanted)
    return;
  if (self->frames_since_fit < FRAMES_AFTER_A_FIT && self->collection.n_symbols == 0) {
    self->credit_ms = fmax (self->credit_ms, 0);
    run_passes (self, -INFINITY, n_wanted);
  } else {
    run_passes (self, n_triples > 0 ? 0 : CREDIT_KEPT_BUDGETS * budget_ms, n_wanted);
  }
}

size_t
hw_qr_decoder_decode (HwQrDecoder *self,
                      const HwGreyFrame *frame,
                      double budget_ms,
                      HwQrSymbol *ret_symbols)
{
  if (frame->width_px < 1 || frame->height_px < 1 || frame->stride < frame->width_px)
    return 0;
  int factor;
  self->budget = hw_qr_budget_begin (budget_ms);
  hw_qr_collection_begin (&self->collection, frame);
  hw_qr_guide_begin (&self->guide);
  HwGreyFrame part = choose_part (self, frame, &factor);
  if (!hw_qr_plane_shrink (&self->base, &part, factor))
    return 0;
  decode_base (self, budget_ms);
  memcpy (ret_symbols, self->collection.symbols,
          self->collection.n_symbols * sizeof self->collection.symbols[0]);
  return self->collection.n_symbols;
}
