// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-person"

#include "kiosk/trace/trace-person.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "kiosk/core/ct-credential.h"
#include "kiosk/core/ct-tag.h"
#include "kiosk/trace/trace-keys.h"

#define N_PASS_KEYS 256 // as many as a pass can name

void
trace_person_clear (TracePerson *person)
{
  g_free (person->subject);
  g_free (person->credential);
  g_free (person->bluezone_keys);
  g_free (person->keys);
  g_clear_pointer (&person->limits, g_array_unref);
  g_clear_pointer (&person->numbers, g_array_unref);
}

gboolean
trace_person_check (const TracePerson *person, const TraceOptions *options)
{
  int n =
      (person->subject != NULL) + (person->credential != NULL) + (person->bluezone_keys != NULL);
  guint8 subject[TRACE_SUBJECT_SIZE];
  const char *wrong = NULL;
  if (n != 1)
    wrong = "one of --subject HEX, --credential -, --bluezone-keys FILE";
  else if (person->subject != NULL && !trace_subject_read (person->subject, subject))
    wrong = "--subject HEX: 32 hexadecimal digits";
  else if (person->credential != NULL && !g_str_equal (person->credential, "-"))
    wrong = "--credential -: the code comes on standard input, where nobody sees it";
  if (wrong != NULL)
    (void) trace_options_say (options, TRACE_EXIT_USAGE, wrong);
  return wrong == NULL;
}

// One byte more than @max is enough to be refused.
static gboolean
read_all (int fd, guint8 *data, gsize max, gsize *ret_len)
{
  gsize len = 0;
  while (len <= max) {
    gssize n = read (fd, data + len, max + 1 - len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    if (n == 0)
      break;
    len += (gsize) n;
  }
  *ret_len = len;
  return TRUE;
}

// Nobody gains anything by a forged pass here: it only names whom to look up.
static bool
believe (const uint8_t key[32],
         const uint8_t *message,
         size_t message_len,
         const uint8_t signature[64],
         void *user_data)
{
  return true;
}

static enum ct_refusal
read_code (const guint8 *payload, gsize len, struct ct_credential *ret_credential)
{
  struct ct_pass_key pass_keys[N_PASS_KEYS] = { { 0 } };
  for (guint i = 0; i < N_PASS_KEYS; i++)
    pass_keys[i].id = (uint8_t) i;
  const struct ct_read_context context = { .pass_keys = pass_keys,
                                           .n_pass_keys = N_PASS_KEYS,
                                           .verify = believe };
  const struct ct_span text = { (const char *) payload, len };
  return ct_tag_read_credential (text, ret_credential)
             ? CT_REFUSAL_NONE
             : ct_credential_read (&context, payload, len, ret_credential, NULL);
}

static gboolean
find_by_code (TracePerson *person, const TraceKeys *keys, GError **error)
{
  guint8 payload[CT_PAYLOAD_MAX + 1];
  gsize len = 0;
  struct ct_credential credential = { .kind = CT_KIND_NONE };
  enum ct_refusal refusal = CT_REFUSAL_EMPTY;
  gboolean ok = read_all (STDIN_FILENO, payload, CT_PAYLOAD_MAX, &len);
  if (ok)
    refusal = read_code (payload, len, &credential);
  if (!ok)
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE, "reading standard input: %s",
                 g_strerror (errno));
  else if (refusal != CT_REFUSAL_NONE)
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "the code on standard input: %s",
                 ct_refusal_to_string (refusal));
  else
    trace_keys_make_subject (keys, credential.subject, strlen (credential.subject), person->first);
  sodium_memzero (payload, sizeof payload);
  sodium_memzero (&credential, sizeof credential);
  return ok && refusal == CT_REFUSAL_NONE;
}

static GArray *
read_published (const char *path, GError **error)
{
  int fd = g_str_equal (path, "-") ? STDIN_FILENO : open (path, O_RDONLY | O_CLOEXEC);
  g_autofree guint8 *data = g_malloc (TRACE_BLUEZONE_BYTES_MAX + 1);
  gsize len = 0;
  if (fd < 0 || !read_all (fd, data, TRACE_BLUEZONE_BYTES_MAX, &len)) {
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE, "bluezone keys %s: %s", path,
                 g_strerror (errno));
    if (fd > STDIN_FILENO)
      (void) close (fd); // only read
    return NULL;
  }
  if (fd != STDIN_FILENO)
    (void) close (fd); // only read
  return trace_bluezone_read ((const char *) data, len, error);
}

static void
make_subject (gconstpointer keys, const char *identity, gsize len, guint8 ret_subject[16])
{
  trace_keys_make_subject (keys, identity, len, ret_subject);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint32 one = *(const guint32 *) a, other = *(const guint32 *) b;
  return (one > other) - (one < other);
}

static void
list_numbers (TracePerson *person)
{
  guint n = 0;
  g_array_sort (person->limits, compare_numbers); // it begins with one
  for (guint i = 0; i < person->limits->len; i++)
    g_array_append_val (person->numbers, g_array_index (person->limits, TraceLimit, i).subject);
  g_array_sort (person->numbers, compare_numbers);
  for (guint i = 0; i < person->numbers->len; i++)
    if (n == 0 || g_array_index (person->numbers, guint32, n - 1) !=
                      g_array_index (person->numbers, guint32, i))
      g_array_index (person->numbers, guint32, n++) = g_array_index (person->numbers, guint32, i);
  g_array_set_size (person->numbers, n);
}

static gboolean
find_by_published (TracePerson *person,
                   TraceStore *store,
                   const TraceKeys *keys,
                   gint64 from_s,
                   gint64 to_s,
                   GError **error)
{
  const TraceMaker maker = { make_subject, keys };
  g_auto (TraceBluezoneAnswer) answer = { 0, NULL };
  g_autoptr (GArray) published = read_published (person->bluezone_keys, error);
  TraceSource *source = trace_store_get_source (store);
  if (published == NULL ||
      !trace_bluezone_find (store, published, from_s, to_s, &maker, &answer, error))
    return FALSE;
  person->n_ids = answer.n_ids;
  if (answer.limits->len > 0)
    g_array_append_vals (person->limits, answer.limits->data, answer.limits->len);
  list_numbers (person);
  return person->numbers->len == 0 ||
         source->get_key (source, g_array_index (person->numbers, guint32, 0), person->first,
                          error);
}

gboolean
trace_person_find (TracePerson *person,
                   TraceStore *store,
                   const char *store_uri,
                   gint64 from_s,
                   gint64 to_s,
                   GError **error)
{
  TraceLimit limit = { 0, from_s, to_s, FALSE };
  g_autoptr (TraceKeys) keys = NULL;
  person->limits = g_array_new (FALSE, FALSE, sizeof (TraceLimit));
  person->numbers = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (person->subject == NULL) {
    g_autofree char *folder = trace_keys_find_folder (store_uri, person->keys, error);
    keys = folder != NULL ? trace_keys_open (folder, FALSE, error) : NULL;
    if (keys == NULL)
      return FALSE;
  }
  if (person->bluezone_keys != NULL)
    return find_by_published (person, store, keys, from_s, to_s, error);
  if (person->credential != NULL && !find_by_code (person, keys, error))
    return FALSE;
  if (person->subject != NULL && !trace_subject_read (person->subject, person->first)) {
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "a subject is 32 hexadecimal digits");
    return FALSE;
  }
  if (!trace_store_find_subject (store, person->first, &limit.subject, error))
    return FALSE;
  if (limit.subject != 0)
    g_array_append_val (person->limits, limit);
  list_numbers (person);
  return TRUE;
}

gboolean
trace_person_is_known (const TracePerson *person, GError **error)
{
  if (person->numbers->len > 0)
    return TRUE;
  if (person->bluezone_keys != NULL)
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_REFUSED,
                 "of %" G_GSIZE_FORMAT " identifiers kiosks have heard none so far", person->n_ids);
  else
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_REFUSED, "the store knows no such subject");
  return FALSE;
}
