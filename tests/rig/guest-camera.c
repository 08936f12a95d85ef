// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The camera's far end: vivid's HDMI output, looped by the driver to its HDMI input, which is what
// the kiosk opens.

#include "tests/rig/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/v4l2-dv-timings.h>
#include <linux/videodev2.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define CAPTURE     "vivid-000-vid-cap" // as the driver names them
#define OUTPUT      "vivid-000-vid-out"
#define CLASS       "/sys/class/video4linux"
#define LINK_FOLDER "/dev/v4l/by-id"
#define LINK        LINK_FOLDER "/rig-camera"
#define DRIVER      "/sys/bus/platform/drivers/vivid"
#define NO_TEXT     2
#define N_BUFFERS   4

typedef struct {
  GMutex lock;
  GBytes *frame; // what is shown
  GBytes *told;  // the host knows that it was shown
  gboolean is_stopping;
  GThread *thread;
} Screen;

static Screen screen; // the guest is one program with one camera

static const struct v4l2_dv_timings formats[] = {
  V4L2_DV_BT_CEA_1280X720P60,
  V4L2_DV_BT_CEA_640X480P59_94,
};
static const struct v4l2_dv_timings *timings = &formats[0];

static gsize
frame_bytes (void)
{
  return (gsize) timings->bt.width * timings->bt.height * 2;
}

// The number of a device may change while somebody still has its last life open. (nullable)
static char *
find_device (const char *wanted)
{
  g_autoptr (GDir) folder = g_dir_open (CLASS, 0, NULL);
  for (const char *name = NULL; folder != NULL && (name = g_dir_read_name (folder)) != NULL;) {
    g_autofree char *path = g_build_filename (CLASS, name, "name", NULL);
    g_autofree char *text = NULL;
    if (g_file_get_contents (path, &text, NULL, NULL) && g_str_equal (g_strstrip (text), wanted))
      return g_build_filename ("/dev", name, NULL);
  }
  return NULL;
}

static int
open_device (const char *wanted)
{
  g_autofree char *path = find_device (wanted);
  return path != NULL ? open (path, O_RDWR | O_CLOEXEC) : -1;
}

// What udev does on a real machine.
static void
link_device (void)
{
  g_autofree char *path = find_device (CAPTURE);
  (void) g_mkdir_with_parents (LINK_FOLDER, 0755); // may be there
  (void) unlink (LINK);                            // may be there
  if (path != NULL && symlink (path, LINK) != 0)
    guest_tell ("event broken " LINK);
}

static gboolean
fail (const char *what, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "camera: %s: %s", what,
               g_strerror (errno));
  return FALSE;
}

static gboolean
set_control (int fd, const char *wanted, int value)
{
  struct v4l2_queryctrl query = { .id = V4L2_CTRL_FLAG_NEXT_CTRL };
  for (; ioctl (fd, VIDIOC_QUERYCTRL, &query) == 0; query.id |= V4L2_CTRL_FLAG_NEXT_CTRL) {
    struct v4l2_control control = { .id = query.id, .value = value };
    if (g_str_equal ((const char *) query.name, wanted))
      return ioctl (fd, VIDIOC_S_CTRL, &control) == 0;
  }
  errno = ENOTTY;
  return FALSE;
}

// "Loop Video" until Linux 6.10; after that the input names the output that it is connected to.
static gboolean
connect_loop (int fd)
{
  struct v4l2_queryctrl query = { .id = V4L2_CTRL_FLAG_NEXT_CTRL };
  if (set_control (fd, "Loop Video", 1))
    return TRUE;
  for (; ioctl (fd, VIDIOC_QUERYCTRL, &query) == 0; query.id |= V4L2_CTRL_FLAG_NEXT_CTRL) {
    struct v4l2_control control = { .id = query.id, .value = 1 };
    const char *name = (const char *) query.name;
    if (!g_str_has_prefix (name, "HDMI ") || !g_str_has_suffix (name, "Is Connected To"))
      continue;
    for (int i = query.minimum; i <= query.maximum; i++) {
      struct v4l2_querymenu menu = { .id = query.id, .index = (guint32) i };
      control.value = i;
      if (ioctl (fd, VIDIOC_QUERYMENU, &menu) == 0 &&
          strstr ((const char *) menu.name, "HDMI") != NULL)
        return ioctl (fd, VIDIOC_S_CTRL, &control) == 0;
    }
  }
  return FALSE;
}

static gboolean
set_format (int fd, enum v4l2_buf_type type)
{
  struct v4l2_dv_timings wanted = *timings;
  struct v4l2_format format = { .type = type };
  if (ioctl (fd, VIDIOC_S_DV_TIMINGS, &wanted) < 0)
    return FALSE;
  format.fmt.pix.width = timings->bt.width;
  format.fmt.pix.height = timings->bt.height;
  format.fmt.pix.pixelformat = V4L2_PIX_FMT_YUYV;
  format.fmt.pix.field = V4L2_FIELD_NONE;
  format.fmt.pix.colorspace = V4L2_COLORSPACE_REC709;
  return ioctl (fd, VIDIOC_S_FMT, &format) == 0;
}

static void
fill (guint8 *memory, GBytes **filled)
{
  g_mutex_lock (&screen.lock);
  g_autoptr (GBytes) frame = g_bytes_ref (screen.frame);
  g_mutex_unlock (&screen.lock);
  if (frame == *filled)
    return;
  memcpy (memory, g_bytes_get_data (frame, NULL), frame_bytes ());
  g_clear_pointer (filled, g_bytes_unref);
  *filled = g_bytes_ref (frame);
}

// @buffer was on the wire; its time stamp says when.
static void
tell_shown (const struct v4l2_buffer *buffer, GBytes *frame)
{
  if (frame == screen.told)
    return;
  g_clear_pointer (&screen.told, g_bytes_unref);
  screen.told = g_bytes_ref (frame);
  guest_tell ("event shown %" G_GINT64_FORMAT,
              (gint64) buffer->timestamp.tv_sec * G_USEC_PER_SEC + buffer->timestamp.tv_usec);
}

static gboolean
is_stopping (void)
{
  g_mutex_lock (&screen.lock);
  gboolean stopping = screen.is_stopping;
  g_mutex_unlock (&screen.lock);
  return stopping;
}

static void
play (int fd, guint8 *memory[N_BUFFERS])
{
  GBytes *filled[N_BUFFERS] = { NULL };
  int type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
  for (guint i = 0; !is_stopping (); i++) {
    struct v4l2_buffer buffer = { .type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
                                  .memory = V4L2_MEMORY_MMAP,
                                  .index = i % N_BUFFERS,
                                  .field = V4L2_FIELD_NONE };
    if (i >= N_BUFFERS && ioctl (fd, VIDIOC_DQBUF, &buffer) < 0)
      break;
    else if (i >= N_BUFFERS)
      tell_shown (&buffer, filled[buffer.index]);
    fill (memory[buffer.index], &filled[buffer.index]);
    buffer.bytesused = frame_bytes ();
    if (ioctl (fd, VIDIOC_QBUF, &buffer) < 0)
      break;
    if (i == N_BUFFERS - 1 && ioctl (fd, VIDIOC_STREAMON, &type) < 0)
      break;
  }
  (void) ioctl (fd, VIDIOC_STREAMOFF, &type);
  for (guint i = 0; i < N_BUFFERS; i++)
    g_clear_pointer (&filled[i], g_bytes_unref);
}

static gpointer
output_worker (gpointer unused)
{
  int fd = open_device (OUTPUT);
  guint8 *memory[N_BUFFERS] = { NULL };
  struct v4l2_requestbuffers request = { .count = N_BUFFERS,
                                         .type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
                                         .memory = V4L2_MEMORY_MMAP };
  if (fd < 0 || !set_format (fd, V4L2_BUF_TYPE_VIDEO_OUTPUT) ||
      ioctl (fd, VIDIOC_REQBUFS, &request) < 0) {
    guest_tell ("event camera-output-failed %s", g_strerror (errno));
    return NULL;
  }
  for (guint i = 0; i < N_BUFFERS; i++) {
    struct v4l2_buffer buffer = { .type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
                                  .memory = V4L2_MEMORY_MMAP,
                                  .index = i };
    if (ioctl (fd, VIDIOC_QUERYBUF, &buffer) == 0)
      memory[i] = mmap (NULL, buffer.length, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                        (off_t) buffer.m.offset);
  }
  play (fd, memory);
  for (guint i = 0; i < N_BUFFERS; i++)
    (void) munmap (memory[i], frame_bytes ());
  (void) close (fd);
  return NULL;
}

gboolean
guest_camera_start (GError **error)
{
  int fd = open_device (CAPTURE);
  if (fd < 0)
    return fail (CAPTURE, error);
  // A camera shows what is before it, and no clock.
  gboolean ok = set_control (fd, "OSD Text Mode", NO_TEXT) && connect_loop (fd) &&
                set_format (fd, V4L2_BUF_TYPE_VIDEO_CAPTURE);
  (void) close (fd);
  link_device ();
  return ok || fail ("connecting the output to the input", error);
}

gboolean
guest_camera_show (const char *path, GError **error)
{
  g_autofree char *pixels = NULL;
  gsize len = 0;
  if (!g_file_get_contents (path, &pixels, &len, error))
    return FALSE;
  if (len != frame_bytes ()) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: not one frame", path);
    return FALSE;
  }
  g_mutex_lock (&screen.lock);
  g_clear_pointer (&screen.frame, g_bytes_unref);
  screen.frame = g_bytes_new_take (g_steal_pointer (&pixels), len);
  screen.is_stopping = FALSE;
  g_mutex_unlock (&screen.lock);
  if (screen.thread == NULL)
    screen.thread = g_thread_new ("camera", output_worker, NULL);
  return TRUE;
}

gboolean
guest_camera_stop (GError **error)
{
  g_mutex_lock (&screen.lock);
  screen.is_stopping = TRUE;
  g_mutex_unlock (&screen.lock);
  g_clear_pointer (&screen.thread, g_thread_join);
  return TRUE;
}

gboolean
guest_camera_unplug (GError **error)
{
  (void) unlink (LINK); // may be there
  return guest_camera_stop (error) && guest_write (DRIVER "/unbind", "vivid.0", error);
}

gboolean
guest_camera_resize (guint width_px, guint height_px, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (formats[i].bt.width == width_px && formats[i].bt.height == height_px) {
      timings = &formats[i];
      return TRUE;
    }
  errno = EINVAL;
  return fail ("a picture of that size", error);
}

gboolean
guest_camera_plug (GError **error)
{
  return guest_write (DRIVER "/bind", "vivid.0", error) && guest_camera_start (error);
}

gboolean
guest_camera_freeze (gboolean is_frozen, GError **error)
{
  int fd = open_device (CAPTURE);
  gboolean ok = fd >= 0 && set_control (fd, "Percentage of Dropped Buffers", is_frozen ? 100 : 0);
  if (!ok)
    (void) fail ("dropping its frames", error);
  if (fd >= 0)
    (void) close (fd); // the control stays
  return ok;
}
