// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which pass runs when: a plain scan on every frame, then what the budget allows of the harder
// ones, in turn.

#include "hw/hw-qr-decoder.h"
#include "hw/hw-qr-plane.h"
#include "hw/hw-qr-zbar.h"
#include "hw/hw-qr-zxing.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BASE_AREA_MAX (1300 * 1000) // px; larger frames are shrunk by a whole factor
#define PAYLOAD_BYTES_MAX                                                                          \
  (256 * 1024) // all symbols of a frame: 16 joined parts of 7,089 digits fit twice

struct HwQrDecoder {
  HwQrZbar *zbar;
  HwQrPlane base;
  HwQrPlane work;
  HwQrPlane spare;
  unsigned next_pass;
  double ms_per_mpx[8];
  struct collection {
    HwQrSymbol symbols[HW_QR_SYMBOLS_MAX];
    size_t n_symbols;
    uint8_t *payloads;
    size_t payloads_len;
    float scale; // from the engine's picture to the frame
    float middle_x_px;
    float middle_y_px;
    const char *engine;
  } found;
};

typedef void (*RunPass) (HwQrDecoder *self);

struct pass {
  const char *name;
  RunPass run;
};

static double
cpu_ms (void)
{
  struct timespec now;
  (void) clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now); // cannot fail on Linux
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec * 1e-6;
}

HwQrDecoder *
hw_qr_decoder_new (void)
{
  HwQrDecoder *self = calloc (1, sizeof *self);
  if (self == NULL)
    return NULL;
  self->zbar = hw_qr_zbar_new ();
  self->found.payloads = malloc (PAYLOAD_BYTES_MAX);
  if (self->zbar == NULL || self->found.payloads == NULL) {
    hw_qr_decoder_free (self);
    return NULL;
  }
  return self;
}

void
hw_qr_decoder_free (HwQrDecoder *self)
{
  if (self == NULL)
    return;
  hw_qr_zbar_free (self->zbar);
  hw_qr_plane_clear (&self->base);
  hw_qr_plane_clear (&self->work);
  hw_qr_plane_clear (&self->spare);
  free (self->found.payloads);
  free (self);
}

static float
distance_from_middle (const struct collection *found, const HwQrSymbol *symbol)
{
  float dx = 0, dy = 0;
  for (int i = 0; i < 4; i++) {
    dx += symbol->x_px[i] / 4;
    dy += symbol->y_px[i] / 4;
  }
  dx -= found->middle_x_px;
  dy -= found->middle_y_px;
  return dx * dx + dy * dy;
}

static void
on_found (void *user_data, const HwQrReading *reading)
{
  struct collection *found = user_data;
  HwQrSymbol symbol = { .partial = reading->partial,
                        .payload = found->payloads + found->payloads_len,
                        .payload_len = reading->payload_len,
                        .engine = found->engine };

  if (reading->payload_len > PAYLOAD_BYTES_MAX - found->payloads_len)
    return;
  for (int i = 0; i < 4; i++) {
    symbol.x_px[i] = reading->x_px[i] * found->scale;
    symbol.y_px[i] = reading->y_px[i] * found->scale;
  }
  size_t place = found->n_symbols;
  while (place > 0 && distance_from_middle (found, &found->symbols[place - 1]) >
                          distance_from_middle (found, &symbol))
    place--;
  if (place == HW_QR_SYMBOLS_MAX)
    return;
  if (found->n_symbols < HW_QR_SYMBOLS_MAX)
    found->n_symbols++;
  memmove (&found->symbols[place + 1], &found->symbols[place],
           (found->n_symbols - place - 1) * sizeof symbol);
  found->symbols[place] = symbol;
  if (reading->payload_len > 0)
    memcpy (found->payloads + found->payloads_len, reading->payload, reading->payload_len);
  found->payloads_len += reading->payload_len;
}

static void
scan_with_zbar (HwQrDecoder *self, const HwQrPlane *picture)
{
  hw_qr_zbar_scan (self->zbar, picture, 1, on_found, &self->found);
}

static void
run_plain (HwQrDecoder *self)
{
  scan_with_zbar (self, &self->base);
}

static void
run_zxing (HwQrDecoder *self)
{
  hw_qr_zxing_scan (&self->base, HW_QR_ZXING_HARD, HW_QR_SYMBOLS_MAX, on_found, &self->found);
}

static void
run_inverted (HwQrDecoder *self)
{
  if (hw_qr_plane_invert (&self->work, &self->base))
    scan_with_zbar (self, &self->work);
}

static void
run_half (HwQrDecoder *self)
{
  self->found.scale *= 2.0f;
  if (hw_qr_plane_halve (&self->work, &self->base))
    scan_with_zbar (self, &self->work);
  self->found.scale /= 2.0f;
}

static void
run_double (HwQrDecoder *self)
{
  if (self->base.luma_len > BASE_AREA_MAX / 4)
    return;
  self->found.scale /= 2.0f;
  if (hw_qr_plane_double (&self->work, &self->base))
    scan_with_zbar (self, &self->work);
  self->found.scale *= 2.0f;
}

static const struct pass passes[] = {
  { "zbar", run_plain },
  { "zxing", run_zxing },
  { "zbar inverted", run_inverted },
  { "zbar half size", run_half },
  { "zbar double size", run_double },
};
#define N_PASSES (sizeof passes / sizeof passes[0])

static void
run_pass (HwQrDecoder *self, unsigned i)
{
  double area_mpx = (double) self->base.luma_len * 1e-6;
  double start_ms = cpu_ms ();

  self->found.engine = passes[i].name;
  passes[i].run (self);
  double ms = cpu_ms () - start_ms;
  self->ms_per_mpx[i] += (ms / area_mpx - self->ms_per_mpx[i]) / 2;
}

size_t
hw_qr_decoder_decode (HwQrDecoder *self,
                      const HwGreyFrame *frame,
                      double budget_ms,
                      HwQrSymbol *ret_symbols)
{
  double end_ms = cpu_ms () + budget_ms;
  int factor = 1;

  if (frame->width_px < 1 || frame->height_px < 1 || frame->stride < frame->width_px)
    return 0;
  while ((double) (frame->width_px / factor) * (frame->height_px / factor) > BASE_AREA_MAX)
    factor++;
  if (!hw_qr_plane_shrink (&self->base, frame, factor))
    return 0;
  self->found.n_symbols = 0;
  self->found.payloads_len = 0;
  self->found.scale = (float) factor;
  self->found.middle_x_px = (float) frame->width_px / 2;
  self->found.middle_y_px = (float) frame->height_px / 2;

  double area_mpx = (double) self->base.luma_len * 1e-6;
  run_pass (self, 0);
  for (unsigned tried = 1; tried < N_PASSES && self->found.n_symbols == 0; tried++) {
    unsigned i = 1 + self->next_pass % (N_PASSES - 1);
    if (cpu_ms () + self->ms_per_mpx[i] * area_mpx > end_ms)
      break;
    run_pass (self, i);
    if (self->found.n_symbols == 0)
      self->next_pass++;
  }
  if (self->found.n_symbols > 0)
    memcpy (ret_symbols, self->found.symbols,
            self->found.n_symbols * sizeof self->found.symbols[0]);
  return self->found.n_symbols;
}
