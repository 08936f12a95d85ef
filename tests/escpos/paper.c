// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/escpos/paper.h"

#include <string.h>

#include "hw/hw-qr-decoder.h"

Paper *
paper_new (guint width_dots)
{
  Paper *paper = g_new0 (Paper, 1);
  paper->width_dots = width_dots;
  paper->slips = g_ptr_array_new_with_free_func ((GDestroyNotify) cairo_surface_destroy);
  paper->sheet = g_byte_array_new ();
  paper->questions = g_byte_array_new ();
  return paper;
}

void
paper_free (Paper *paper)
{
  g_ptr_array_unref (paper->slips);
  g_byte_array_unref (paper->sheet);
  g_byte_array_unref (paper->questions);
  g_free (paper->jam);
  g_free (paper);
}

static void
jam (Paper *paper, const char *what)
{
  GString *bytes = g_string_new (what);
  for (guint i = 0; i < paper->command_len; i++)
    g_string_append_printf (bytes, " %02x", paper->command[i]);
  paper->jam = g_string_free (bytes, FALSE);
}

static void
cut (Paper *paper)
{
  int height = (int) (paper->sheet->len / paper->width_dots);
  cairo_surface_t *slip =
      cairo_image_surface_create (CAIRO_FORMAT_A8, (int) paper->width_dots, MAX (height, 1));
  cairo_surface_flush (slip);
  for (int y = 0; y < height; y++)
    memcpy (cairo_image_surface_get_data (slip) + y * cairo_image_surface_get_stride (slip),
            paper->sheet->data + (gsize) y * paper->width_dots, paper->width_dots);
  cairo_surface_mark_dirty (slip);
  g_ptr_array_add (paper->slips, slip);
  g_byte_array_set_size (paper->sheet, 0);
}

static void
print_byte (Paper *paper, guint8 byte)
{
  guint8 dots[8];
  for (guint i = 0; i < 8; i++)
    dots[i] = (byte >> (7 - i) & 1) != 0 ? 255 : 0;
  // What is wider than the paper falls off its edge; what is narrower leaves white.
  guint left = paper->picture_column * 8;
  if (left + 8 <= paper->width_dots)
    g_byte_array_append (paper->sheet, dots, 8);
  paper->picture_column++;
  if (paper->picture_column == paper->picture_stride) {
    guint rest = paper->sheet->len % paper->width_dots;
    if (rest != 0) {
      guint before = paper->sheet->len;
      g_byte_array_set_size (paper->sheet, before + paper->width_dots - rest);
      memset (paper->sheet->data + before, 0, paper->width_dots - rest);
    }
    paper->picture_column = 0;
  }
  // Byte pairs that a TM printer obeys even here.
  paper->n_in_picture += paper->last_byte == 0x10 && (byte == 0x04 || byte == 0x05 || byte == 0x14);
}

static void
begin_picture (Paper *paper)
{
  guint stride = paper->command[4] | (guint) paper->command[5] << 8;
  guint rows = paper->command[6] | (guint) paper->command[7] << 8;
  if (paper->command[3] != 0 || stride == 0 || stride > 128 || rows == 0 || rows > 2303) {
    jam (paper, "picture out of range");
    return;
  }
  paper->picture_stride = stride;
  paper->picture_column = 0;
  paper->picture_left = stride * rows;
}

// Returns how long a command is that begins so; 0: there is none.
static guint
length_of (const guint8 *command, guint len)
{
  switch (command[0]) {
  case 0x00: // nothing
    return 1;
  case 0x1b: // ESC @
    return len < 2 || command[1] == '@' ? 2 : 0;
  case 0x10: // DLE EOT n
    return len < 2 || command[1] == 0x04 ? 3 : 0;
  case 0x1d:
    if (len < 2 || command[1] == 'a' || command[1] == 'r')
      return 3;
    if (command[1] == 'V')
      return 4;
    return command[1] == 'v' && (len < 3 || command[2] == '0') ? 8 : 0;
  default:
    return 0;
  }
}

static void
obey (Paper *paper)
{
  const guint8 *command = paper->command;
  paper->n_commands++;
  if (command[0] == 0x10 && command[2] >= 1 && command[2] <= 4)
    g_byte_array_append (paper->questions, &command[2], 1);
  else if (command[0] == 0x10)
    jam (paper, "no such topic");
  else if (command[0] == 0x1b)
    g_byte_array_set_size (paper->sheet, 0); // what is not printed is forgotten
  else if (command[0] == 0x1d && command[1] == 'a')
    paper->reports_alone = command[2] != 0;
  else if (command[0] == 0x1d && command[1] == 'r')
    g_byte_array_append (paper->questions, (guint8[]){ (guint8) (0x80 | command[2]) }, 1);
  else if (command[0] == 0x1d && command[1] == 'V' && command[2] == 66)
    cut (paper);
  else if (command[0] == 0x1d && command[1] == 'v')
    begin_picture (paper);
  else if (command[0] != 0x00)
    jam (paper, "unknown cut");
}

static void
take_byte (Paper *paper, guint8 byte)
{
  if (paper->picture_left > 0) {
    print_byte (paper, byte);
    paper->picture_left--;
    paper->last_byte = byte;
    return;
  }
  paper->last_byte = 0;
  paper->command[paper->command_len++] = byte;
  guint wanted = length_of (paper->command, paper->command_len);
  if (wanted == 0) {
    jam (paper, "unknown command");
  } else if (wanted == paper->command_len) {
    obey (paper);
    paper->command_len = 0;
  }
}

void
paper_take (Paper *paper, const guint8 *bytes, gsize len)
{
  for (gsize i = 0; i < len && paper->jam == NULL; i++)
    take_byte (paper, bytes[i]);
}

char *
paper_read_code (cairo_surface_t *slip)
{
  int width = cairo_image_surface_get_width (slip), height = cairo_image_surface_get_height (slip);
  int stride = cairo_image_surface_get_stride (slip);
  g_autofree guint8 *luma = g_malloc ((gsize) width * (gsize) height);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      luma[y * width + x] = 255 - cairo_image_surface_get_data (slip)[y * stride + x];
  HwQrDecoder *decoder = hw_qr_decoder_new ();
  HwQrSymbol symbols[HW_QR_SYMBOLS_MAX];
  const HwGreyFrame frame = { luma, width, height, width };
  char *text = NULL;
  if (hw_qr_decoder_decode (decoder, &frame, 1000, symbols) > 0)
    text = g_strndup ((const char *) symbols[0].payload, symbols[0].payload_len);
  hw_qr_decoder_free (decoder);
  return text;
}

guint
paper_count_black (cairo_surface_t *slip)
{
  guint n = 0;
  for (int y = 0; y < cairo_image_surface_get_height (slip); y++)
    for (int x = 0; x < cairo_image_surface_get_width (slip); x++)
      n += cairo_image_surface_get_data (slip)[y * cairo_image_surface_get_stride (slip) + x] != 0;
  return n;
}
