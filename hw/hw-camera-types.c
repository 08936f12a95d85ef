// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The values that a camera sends: codes and pictures.

#define G_LOG_DOMAIN "hw-camera"

#include "hw/hw-camera.h"

G_DEFINE_BOXED_TYPE (HwCode, hw_code, hw_code_copy, hw_code_free)
G_DEFINE_BOXED_TYPE (HwPicture, hw_picture, hw_picture_copy, hw_picture_free)

HwCode *
hw_code_copy (const HwCode *code)
{
  HwCode *copy = g_memdup2 (code, sizeof *code);
  copy->payload = g_bytes_ref (code->payload);
  return copy;
}

void
hw_code_free (HwCode *code)
{
  g_bytes_unref (code->payload);
  g_free (code);
}

HwPicture *
hw_picture_copy (const HwPicture *picture)
{
  HwPicture *copy = g_memdup2 (picture, sizeof *picture);
  copy->pixels = g_bytes_ref (picture->pixels);
  return copy;
}

void
hw_picture_free (HwPicture *picture)
{
  g_bytes_unref (picture->pixels);
  g_free (picture);
}

const char *
hw_camera_state_to_string (HwCameraState state)
{
  switch (state) {
  case HW_CAMERA_STARTING:
    return "starting";
  case HW_CAMERA_READY:
    return "ready";
  case HW_CAMERA_MISSING:
    return "missing";
  case HW_CAMERA_BUSY:
    return "busy";
  case HW_CAMERA_BAD_FORMAT:
    return "bad-format";
  case HW_CAMERA_FROZEN:
    return "frozen";
  case HW_CAMERA_FAILED:
    return "failed";
  }
  return "unknown";
}
