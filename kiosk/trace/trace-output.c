// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-output"

#include "kiosk/trace/trace-output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kiosk/trace/trace-json.h"

#define BUFFER_SIZE 65536
#define FILE_MODE   0600 // it is about people

typedef struct {
  int fd;
  char *aside; // (nullable) its name until it is whole
  GChecksum *checksum;
  gint64 n_rows, n_bytes;
} Part;

struct TraceOutput {
  char *path;
  GArray *parts; // of Part
  GString *buffer;
};

static void
part_clear (gpointer data)
{
  Part *part = data;
  if (part->fd != STDOUT_FILENO)
    (void) close (part->fd); // it was synchronised, or is of no use
  if (part->aside != NULL)
    (void) unlink (part->aside); // ours
  g_free (part->aside);
  g_clear_pointer (&part->checksum, g_checksum_free);
}

TraceOutput *
trace_output_new (const char *path)
{
  TraceOutput *output = g_new0 (TraceOutput, 1);
  output->path = g_strdup (path);
  output->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_array_set_clear_func (output->parts, part_clear);
  output->buffer = g_string_sized_new (BUFFER_SIZE);
  return output;
}

void
trace_output_free (TraceOutput *output)
{
  g_array_unref (output->parts);
  (void) g_string_free (output->buffer, TRUE);
  g_free (output->path);
  g_free (output);
}

gboolean
trace_output_is_stdout (const TraceOutput *output)
{
  return output->path == NULL;
}

static Part *
get_last_part (const TraceOutput *output)
{
  return &g_array_index (output->parts, Part, output->parts->len - 1);
}

static gboolean
fail (const TraceOutput *output, const char *doing, GError **error)
{
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE, "%s %s: %s", doing,
               output->path != NULL ? output->path : "standard output", g_strerror (errno));
  return FALSE;
}

static gboolean
flush (TraceOutput *output, GError **error)
{
  Part *part = get_last_part (output);
  g_checksum_update (part->checksum, (const guchar *) output->buffer->str,
                     (gssize) output->buffer->len);
  for (gsize done = 0; done < output->buffer->len;) {
    gssize n = write (part->fd, output->buffer->str + done, output->buffer->len - done);
    if (n < 0 && errno != EINTR)
      return fail (output, "writing", error);
    done += n > 0 ? (gsize) n : 0;
  }
  part->n_bytes += (gint64) output->buffer->len;
  g_string_truncate (output->buffer, 0);
  return TRUE;
}

// A file without a name: when we are killed nobody finds half of an export. Where there is no such
// thing (a memory stick, a network folder) its name says what it is.
static gboolean
open_part (const TraceOutput *output, Part *part)
{
  g_autofree char *folder = g_path_get_dirname (output->path);
  part->fd = open (folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, FILE_MODE);
  if (part->fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
    return part->fd >= 0;
  part->aside = g_strdup_printf ("%s.unfinished-%u", output->path, output->parts->len + 1);
  part->fd = open (part->aside, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, FILE_MODE);
  if (part->fd < 0)
    g_clear_pointer (&part->aside, g_free); // somebody else's
  return part->fd >= 0;
}

gboolean
trace_output_start_part (TraceOutput *output, GError **error)
{
  Part part = { .fd = STDOUT_FILENO };
  if (output->parts->len > 0 && !flush (output, error))
    return FALSE;
  if (output->path != NULL && !open_part (output, &part))
    return fail (output, "making", error);
  part.checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_array_append_val (output->parts, part);
  return TRUE;
}

gboolean
trace_output_write (TraceOutput *output, const char *text, gsize len, GError **error)
{
  g_string_append_len (output->buffer, text, (gssize) len);
  return output->buffer->len < BUFFER_SIZE || flush (output, error);
}

gint64
trace_output_count_rows (const TraceOutput *output)
{
  return get_last_part (output)->n_rows;
}

void
trace_output_add_row (TraceOutput *output)
{
  get_last_part (output)->n_rows++;
}

guint
trace_output_count_parts (const TraceOutput *output)
{
  return output->parts->len;
}

gint64
trace_output_count_all_rows (const TraceOutput *output)
{
  gint64 n_rows = 0;
  for (guint i = 0; i < output->parts->len; i++)
    n_rows += g_array_index (output->parts, Part, i).n_rows;
  return n_rows;
}

static char *
name_part (const TraceOutput *output, guint i)
{
  if (output->parts->len == 1)
    return g_strdup (output->path);
  const char *slash = strrchr (output->path, '/');
  const char *dot = strrchr (slash != NULL ? slash : output->path, '.');
  int stem_len = dot != NULL ? (int) (dot - output->path) : (int) strlen (output->path);
  return g_strdup_printf ("%.*s-%u%s", stem_len, output->path, i + 1, dot != NULL ? dot : "");
}

static gboolean
give_name (const TraceOutput *output, Part *part, const char *path, GError **error)
{
  char self[64];
  (void) g_snprintf (self, sizeof self, "/proc/self/fd/%d", part->fd);
  if (fsync (part->fd) != 0)
    return fail (output, "writing", error);
  int rc = part->aside == NULL
               ? linkat (AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW)
               : renameat2 (AT_FDCWD, part->aside, AT_FDCWD, path, RENAME_NOREPLACE);
  if (rc != 0) {
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE, "naming %s: %s", path,
                 g_strerror (errno));
    return FALSE;
  }
  g_clear_pointer (&part->aside, g_free);
  return TRUE;
}

static char *
describe (const TraceOutput *output, const TraceManifest *manifest)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  GString *text = g_string_new (NULL);
  (void) json_builder_begin_object (builder); // returns @builder, as all of these
  trace_json_add (builder, "schema", manifest->schema);
  trace_json_add (builder, "format", manifest->format);
  trace_json_add (builder, "officer", manifest->officer);
  if (manifest->rule != NULL)
    trace_json_add (builder, "rule", manifest->rule);
  trace_json_add_int (builder, "rows", trace_output_count_all_rows (output));
  trace_json_add_int (builder, "left_out", manifest->n_bad);
  (void) json_builder_set_member_name (builder, "files");
  (void) json_builder_begin_array (builder);
  for (guint i = 0; i < output->parts->len; i++) {
    const Part *part = &g_array_index (output->parts, Part, i);
    g_autoptr (GChecksum) checksum = g_checksum_copy (part->checksum);
    g_autofree char *path = name_part (output, i);
    g_autofree char *name = g_path_get_basename (path);
    (void) json_builder_begin_object (builder);
    trace_json_add (builder, "name", name);
    trace_json_add_int (builder, "rows", part->n_rows);
    trace_json_add_int (builder, "bytes", part->n_bytes);
    trace_json_add (builder, "sha256", g_checksum_get_string (checksum));
    (void) json_builder_end_object (builder);
  }
  (void) json_builder_end_array (builder);
  (void) json_builder_end_object (builder);
  trace_json_append (text, builder);
  g_string_append_c (text, '\n');
  return g_string_free (text, FALSE);
}

static gboolean
write_manifest (TraceOutput *output, const char *text, GError **error)
{
  g_autofree char *path = g_strconcat (output->path, ".manifest.json", NULL);
  Part part = { .fd = -1 };
  if (!open_part (output, &part))
    return fail (output, "making the manifest of", error);
  gboolean ok = write (part.fd, text, strlen (text)) == (gssize) strlen (text)
                    ? give_name (output, &part, path, error)
                    : fail (output, "writing the manifest of", error);
  part_clear (&part);
  return ok;
}

gboolean
trace_output_finish (TraceOutput *output, const TraceManifest *manifest, GError **error)
{
  if (!flush (output, error))
    return FALSE;
  if (output->path == NULL)
    return TRUE;
  g_autofree char *text = describe (output, manifest);
  guint n_named = 0;
  gboolean ok = TRUE;
  while (ok && n_named < output->parts->len) {
    g_autofree char *path = name_part (output, n_named);
    ok = give_name (output, &g_array_index (output->parts, Part, n_named), path, error);
    n_named += ok;
  }
  ok = ok && write_manifest (output, text, error);
  for (guint i = 0; !ok && i < n_named; i++) {
    g_autofree char *path = name_part (output, i);
    (void) unlink (path); // named a moment ago by us
  }
  return ok;
}
