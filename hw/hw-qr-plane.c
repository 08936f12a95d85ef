// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A grey picture that the decoder owns and reuses, and the transformations of one into another.

#include "hw/hw-qr-plane.h"

#include <stdlib.h>
#include <string.h>

// ZBar looks up to a few rows past the end of what it is given.
#define GUARD_BYTES (4 * HW_QR_PLANE_SIDE_MAX)

void
hw_qr_plane_clear (HwQrPlane *plane)
{
  free (plane->luma);
  *plane = (HwQrPlane){ 0 };
}

bool
hw_qr_plane_resize (HwQrPlane *plane, int width_px, int height_px)
{
  if (width_px < 1 || height_px < 1 || width_px > HW_QR_PLANE_SIDE_MAX ||
      height_px > HW_QR_PLANE_SIDE_MAX) {
    hw_qr_plane_clear (plane);
    return false;
  }
  size_t len = (size_t) width_px * (size_t) height_px;
  if (len > plane->capacity) {
    hw_qr_plane_clear (plane);
    plane->luma = malloc (len + GUARD_BYTES);
    if (plane->luma == NULL)
      return false;
    plane->capacity = len;
  }
  memset (plane->luma + len, 255, GUARD_BYTES);
  plane->luma_len = len;
  plane->width_px = width_px;
  plane->height_px = height_px;
  return true;
}

static void
shrink_row (const uint8_t *rows, size_t stride, int factor, int width_px, uint8_t *out)
{
  unsigned area = (unsigned) (factor * factor);
  for (int x = 0; x < width_px; x++) {
    unsigned sum = 0;
    for (int dy = 0; dy < factor; dy++) {
      const uint8_t *block = rows + (size_t) dy * stride + (size_t) x * (size_t) factor;
      for (int dx = 0; dx < factor; dx++)
        sum += block[dx];
    }
    out[x] = (uint8_t) (sum / area);
  }
}

bool
hw_qr_plane_shrink (HwQrPlane *plane, const HwGreyFrame *frame, int factor)
{
  if (!hw_qr_plane_resize (plane, frame->width_px / factor, frame->height_px / factor))
    return false;
  size_t stride = (size_t) frame->stride;
  size_t width = (size_t) plane->width_px;
  for (int y = 0; y < plane->height_px; y++) {
    const uint8_t *rows = frame->luma + (size_t) y * (size_t) factor * stride;
    uint8_t *out = plane->luma + (size_t) y * width;
    if (factor == 1)
      memcpy (out, rows, width);
    else
      shrink_row (rows, stride, factor, plane->width_px, out);
  }
  return true;
}

bool
hw_qr_plane_halve (HwQrPlane *plane, const HwQrPlane *source)
{
  HwGreyFrame frame = { source->luma, source->width_px, source->height_px, source->width_px };
  return hw_qr_plane_shrink (plane, &frame, 2);
}

bool
hw_qr_plane_double (HwQrPlane *plane, const HwQrPlane *source)
{
  if (!hw_qr_plane_resize (plane, source->width_px * 2, source->height_px * 2))
    return false;
  int width = source->width_px;
  for (int y = 0; y < plane->height_px; y++) {
    // Sample centres: each new row lies a quarter of a row from its nearer parent.
    int near = y / 2;
    int far = (y & 1) ? near + 1 : near - 1;
    if (far < 0 || far >= source->height_px)
      far = near;
    const uint8_t *a = source->luma + (size_t) near * (size_t) width;
    const uint8_t *b = source->luma + (size_t) far * (size_t) width;
    uint8_t *out = plane->luma + (size_t) y * (size_t) plane->width_px;
    int before = 3 * a[0] + b[0];
    for (int x = 0; x < width; x++) {
      int here = 3 * a[x] + b[x];
      int right = x + 1 < width ? x + 1 : x;
      int after = 3 * a[right] + b[right];
      out[2 * x] = (uint8_t) ((3 * here + before + 8) / 16);
      out[2 * x + 1] = (uint8_t) ((3 * here + after + 8) / 16);
      before = here;
    }
  }
  return true;
}

bool
hw_qr_plane_invert (HwQrPlane *plane, const HwQrPlane *source)
{
  if (!hw_qr_plane_resize (plane, source->width_px, source->height_px))
    return false;
  for (size_t i = 0; i < source->luma_len; i++)
    plane->luma[i] = (uint8_t) (255 - source->luma[i]);
  return true;
}

static int
within (int place, int size)
{
  return place < 0 ? 0 : place >= size ? size - 1 : place;
}

// Rows beyond the border repeat the last one.
static void
add_row (uint32_t *sums, const HwQrPlane *source, int y, int sign)
{
  const uint8_t *row =
      source->luma + (size_t) within (y, source->height_px) * (size_t) source->width_px;
  for (int x = 0; x < source->width_px; x++)
    sums[x] += (uint32_t) (sign * row[x]);
}

bool
hw_qr_plane_sharpen (HwQrPlane *plane, const HwQrPlane *source, int radius_px, int gain)
{
  int width = source->width_px, height = source->height_px;
  uint32_t *sums = malloc (sizeof sums[0] * (size_t) width);
  if (sums == NULL || !hw_qr_plane_resize (plane, width, height)) {
    free (sums);
    return false;
  }
  int window = 2 * radius_px + 1;
  memset (sums, 0, sizeof sums[0] * (size_t) width);
  for (int y = -radius_px; y <= radius_px; y++)
    add_row (sums, source, y, 1);
  for (int y = 0; y < height; y++) {
    const uint8_t *in = source->luma + (size_t) y * (size_t) width;
    uint8_t *out = plane->luma + (size_t) y * (size_t) width;
    int area = window * window, sum = 0;
    for (int x = -radius_px; x <= radius_px; x++)
      sum += (int) sums[within (x, width)];
    for (int x = 0; x < width; x++) {
      int sharp = in[x] + gain * (in[x] * area - sum) / area;
      out[x] = (uint8_t) (sharp < 0 ? 0 : sharp > 255 ? 255 : sharp);
      sum +=
          (int) sums[within (x + radius_px + 1, width)] - (int) sums[within (x - radius_px, width)];
    }
    add_row (sums, source, y + radius_px + 1, 1);
    add_row (sums, source, y - radius_px, -1);
  }
  free (sums);
  return true;
}
