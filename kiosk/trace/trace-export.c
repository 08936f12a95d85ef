// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Of a contact it is told when and where it was together with the one it was exposed through, and
// nothing else of where it was. That is enough to search again: the same levels, exposures and
// overlaps come out of it, as everybody there shares with others only what they really shared.

#define G_LOG_DOMAIN "trace-export"

#include <string.h>

#include "kiosk/core/ct-contact.h"
#include "kiosk/trace/trace-export-private.h"

#define STAYS_KEPT 20000 // subjects whose stays are remembered

TraceExport *
trace_export_new (TraceStore *store)
{
  TraceExport *self = g_new0 (TraceExport, 1);
  self->store = store;
  self->source = trace_store_get_source (store);
  self->items = g_array_new (FALSE, FALSE, sizeof (TraceExportItem));
  self->left_out = g_ptr_array_new_with_free_func (g_free);
  self->contacts = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->stays = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);
  self->seeds = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);
  return self;
}

void
trace_export_free (TraceExport *self)
{
  g_array_unref (self->items);
  g_ptr_array_unref (self->left_out);
  g_hash_table_unref (self->contacts);
  g_hash_table_unref (self->stays);
  g_hash_table_unref (self->seeds);
  g_clear_pointer (&self->details, g_hash_table_unref);
  g_free (self->venue);
  g_free (self);
}

static int
compare_times (gint64 one, gint64 other)
{
  return (one > other) - (one < other);
}

static int
compare_contacts (gconstpointer a, gconstpointer b)
{
  const TraceExportItem *one = a, *other = b;
  int order = (int) one->contact.level - (int) other->contact.level;
  if (order == 0)
    order = compare_times (one->contact.exposed_s, other->contact.exposed_s);
  return order != 0 ? order : memcmp (one->key, other->key, sizeof one->key);
}

gboolean
trace_export_add_contact (TraceExport *self, const TraceContact *contact, GError **error)
{
  TraceExportItem item = { .contact = *contact };
  if (!trace_store_get_subject (self->store, contact->subject, item.key, error))
    return FALSE;
  g_array_append_val (self->items, item);
  g_hash_table_insert (self->contacts, GUINT_TO_POINTER (contact->subject),
                       g_memdup2 (contact, sizeof *contact));
  return TRUE;
}

void
trace_export_leave_out (TraceExport *self,
                        const guint8 subject[TRACE_SUBJECT_SIZE],
                        const char *why)
{
  char digits[TRACE_SUBJECT_LEN + 1];
  trace_subject_write (subject, digits);
  g_ptr_array_add (self->left_out, g_strdup_printf ("%s: %s", digits, why));
}

void
trace_export_sort_contacts (TraceExport *self)
{
  g_array_sort (self->items, compare_contacts);
}

void
trace_export_add_seed (TraceExport *self, const TraceSeed *seed)
{
  g_autoptr (GArray) limits = g_array_new (FALSE, FALSE, sizeof (TraceLimit));
  if (seed->n_limits > 0)
    g_array_append_vals (limits, seed->limits, (guint) seed->n_limits);
  for (guint i = 0; i < limits->len; i++)
    g_hash_table_insert (self->seeds,
                         GUINT_TO_POINTER (g_array_index (limits, TraceLimit, i).subject),
                         g_array_ref (limits));
}

TraceExport *
trace_export_new_contacts (TraceStore *store, const TraceExportAnswer *answer, GError **error)
{
  const GArray *contacts = answer->answer->contacts;
  g_autoptr (TraceExport) self = trace_export_new (store);
  self->question = *answer->question;
  trace_export_add_seed (self, &TRACE_SEED (answer->limits));
  for (guint i = 0; i < contacts->len; i++)
    if (!trace_export_add_contact (self, &g_array_index (contacts, TraceContact, i), error))
      return NULL;
  trace_export_sort_contacts (self);
  return g_steal_pointer (&self);
}

// By where and when, however the store numbers it.
static int
compare_arrivals (const TraceExportItem *one, const TraceExportItem *other)
{
  int order = compare_times (one->stay.arrived_s, other->stay.arrived_s);
  if (order == 0)
    order = memcmp (one->key, other->key, sizeof one->key);
  return order != 0 ? order : strcmp (one->zone, other->zone);
}

static int
compare_guests (gconstpointer a, gconstpointer b)
{
  const TraceExportItem *one = a, *other = b;
  int order = compare_arrivals (one, other);
  if (order == 0)
    order = compare_times (one->stay.left_s, other->stay.left_s);
  return order != 0 ? order : (int) one->stay.evidence - (int) other->stay.evidence;
}

TraceExport *
trace_export_new_guests (
    TraceStore *store, const char *venue, gint64 from_s, gint64 to_s, GError **error)
{
  g_autoptr (TraceExport) self = trace_export_new (store);
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->venue = g_strdup (venue);
  self->question.from_s = from_s;
  self->question.to_s = to_s;
  if (!trace_store_find_places (store, venue, places, error))
    return NULL;
  for (guint i = 0; i < places->len; i++) {
    g_autoptr (GArray) stays = trace_find_present (
        trace_store_get_source (store), g_array_index (places, guint32, i), from_s, to_s, error);
    if (stays == NULL)
      return NULL;
    for (guint j = 0; j < stays->len; j++) {
      TraceExportItem item = { .stay = g_array_index (stays, TraceStay, j) };
      if (!trace_store_get_subject (store, item.stay.subject, item.key, error))
        return NULL;
      item.zone = trace_store_get_zone (store, item.stay.place);
      g_array_append_val (self->items, item);
    }
  }
  g_array_sort (self->items, compare_guests);
  return g_steal_pointer (&self);
}

void
trace_export_set_details (TraceExport *self, GHashTable *details)
{
  self->details = details;
}

gsize
trace_export_count (const TraceExport *self)
{
  return self->items->len;
}

const GPtrArray *
trace_export_get_left_out (const TraceExport *self)
{
  return self->left_out;
}

const char *
trace_export_get_schema (const TraceExport *self)
{
  return self->venue != NULL ? "tramxanh-guests/1" : "tramxanh-contacts/1";
}

void
trace_export_row_clear (TraceExportRow *row)
{
  trace_note_clear (&row->note);
  g_clear_pointer (&row->last_name, g_free);
  g_clear_pointer (&row->first_name, g_free);
}

// Borrowed until others are asked for. Of an index case those of all its names.
static GArray *
find_stays (TraceExport *self, guint32 subject, GError **error)
{
  gpointer key = GUINT_TO_POINTER (subject);
  GArray *stays = g_hash_table_lookup (self->stays, key);
  const GArray *limits = g_hash_table_lookup (self->seeds, key);
  if (stays != NULL)
    return stays;
  if (limits != NULL && !g_hash_table_contains (self->contacts, key))
    stays = trace_seed_find_stays (self->source, &TRACE_SEED (limits), self->question.from_s,
                                   self->question.to_s, error);
  else
    stays = trace_find_stays (self->source, &subject, 1, self->question.from_s, self->question.to_s,
                              error);
  if (stays != NULL)
    g_hash_table_insert (self->stays, key, stays);
  return stays;
}

// That it was heard by radio is told of staff too: it may be a doubt.
static TraceEvidence
get_evidence (TraceExport *self, const TraceStay *stay)
{
  return stay->evidence != TRACE_EVIDENCE_BLE &&
                 self->source->is_staff (self->source, stay->subject)
             ? TRACE_EVIDENCE_STAFF
             : (TraceEvidence) stay->evidence;
}

static void
add_meeting (
    TraceExport *self, TraceNote *note, const TraceStay *own, const TraceStay *other, gint64 from_s)
{
  const TraceMeeting meeting = {
    .venue = (char *) trace_store_get_venue (self->store, own->place),
    .zone = (char *) trace_store_get_zone (self->store, own->place),
    .from_s = MAX (MAX (own->arrived_s, other->arrived_s), from_s),
    .to_s = MIN (MIN (own->left_s, other->left_s), self->question.to_s),
    .evidence = (guint8) get_evidence (self, own),
    .via_evidence = (guint8) get_evidence (self, other),
    .doubts = own->doubts,
    .via_doubts = other->doubts,
  };
  if (own->place == other->place && meeting.from_s < meeting.to_s)
    trace_note_add_meeting (note, &meeting);
}

static int
compare_places (const TraceMeeting *one, const TraceMeeting *other)
{
  int order = strcmp (one->venue, other->venue);
  return order != 0 ? order : strcmp (one->zone, other->zone);
}

// All that an exposure by it would rest on.
static guint
list_doubts (const TraceMeeting *meeting)
{
  gboolean is_heard =
      meeting->evidence == TRACE_EVIDENCE_BLE || meeting->via_evidence == TRACE_EVIDENCE_BLE;
  return (guint) meeting->doubts | meeting->via_doubts | (is_heard ? TRACE_DOUBT_BEACON : 0);
}

static int
compare_kinds (const TraceMeeting *one, const TraceMeeting *other)
{
  int order = __builtin_popcount (list_doubts (one)) - __builtin_popcount (list_doubts (other));
  if (order == 0)
    order = (int) one->evidence - (int) other->evidence;
  if (order == 0)
    order = (int) one->via_evidence - (int) other->via_evidence;
  if (order == 0)
    order = (int) one->doubts - (int) other->doubts;
  return order != 0 ? order : (int) one->via_doubts - (int) other->via_doubts;
}

static int
compare_by_kind (gconstpointer a, gconstpointer b)
{
  const TraceMeeting *one = a, *other = b;
  int order = compare_places (one, other);
  if (order == 0)
    order = compare_kinds (one, other);
  return order != 0 ? order : compare_times (one->from_s, other->from_s);
}

static int
compare_by_place (gconstpointer a, gconstpointer b)
{
  const TraceMeeting *one = a, *other = b;
  int order = compare_places (one, other);
  if (order == 0)
    order = compare_times (one->from_s, other->from_s);
  if (order == 0)
    order = compare_times (other->to_s, one->to_s);
  return order != 0 ? order : compare_kinds (one, other);
}

static int
compare_by_time (gconstpointer a, gconstpointer b)
{
  const TraceMeeting *one = a, *other = b;
  int order = compare_times (one->from_s, other->from_s);
  return order != 0 ? order : compare_by_place (a, b);
}

// Several records of one stay that say the same are one meeting.
static void
unite_meetings (GArray *meetings)
{
  g_array_sort (meetings, compare_by_kind);
  for (guint i = 1; i < meetings->len;) {
    TraceMeeting *before = &g_array_index (meetings, TraceMeeting, i - 1);
    const TraceMeeting *meeting = before + 1;
    if (compare_places (before, meeting) == 0 && compare_kinds (before, meeting) == 0 &&
        meeting->from_s <= before->to_s) {
      before->to_s = MAX (before->to_s, meeting->to_s);
      g_array_remove_index (meetings, i);
    } else
      i++;
  }
}

// Does one of those from @first on, which began before it, say as much and as surely?
static gboolean
is_contained (const GArray *meetings, guint first, guint number)
{
  const TraceMeeting *meeting = &g_array_index (meetings, TraceMeeting, number);
  for (guint i = first; i < number; i++) {
    const TraceMeeting *other = &g_array_index (meetings, TraceMeeting, i);
    if (other->to_s >= meeting->to_s && (list_doubts (other) & ~list_doubts (meeting)) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
drop_contained (GArray *meetings)
{
  guint first = 0; // at the place
  gint64 until_s = G_MININT64;
  g_array_sort (meetings, compare_by_place);
  for (guint i = 0; i < meetings->len;) {
    const TraceMeeting *meeting = &g_array_index (meetings, TraceMeeting, i);
    if (i > first && compare_places (meeting - 1, meeting) != 0) {
      first = i;
      until_s = G_MININT64;
    }
    if (meeting->to_s <= until_s && is_contained (meetings, first, i)) {
      g_array_remove_index (meetings, i);
      continue;
    }
    until_s = MAX (until_s, meeting->to_s);
    i++;
  }
  g_array_sort (meetings, compare_by_time);
}

static gboolean
add_meetings (TraceExport *self, const TraceContact *contact, TraceNote *note, GError **error)
{
  const TraceContact *via = g_hash_table_lookup (self->contacts, GUINT_TO_POINTER (contact->via));
  gint64 from_s = self->question.from_s;
  if (via != NULL) // and no index case
    from_s = MAX (from_s, via->exposed_s + self->question.latency_s);
  if (g_hash_table_size (self->stays) > STAYS_KEPT)
    g_hash_table_remove_all (self->stays);
  GArray *others = find_stays (self, contact->via, error);
  GArray *own = others != NULL ? find_stays (self, contact->subject, error) : NULL;
  if (own == NULL)
    return FALSE;
  for (guint i = 0; i < own->len; i++)
    for (guint j = 0; j < others->len; j++)
      add_meeting (self, note, &g_array_index (own, TraceStay, i),
                   &g_array_index (others, TraceStay, j), from_s);
  unite_meetings (note->meetings);
  drop_contained (note->meetings);
  return TRUE;
}

// Where it was, which a case does not keep; and that it still is what it was.
static gboolean
find_exposure (const TraceExport *self, TraceExportRow *row, GError **error)
{
  const TraceNote *note = &row->note;
  const struct ct_contact_rule rule = { self->question.window_s, self->question.min_overlap_s };
  g_autofree struct ct_shared *spans = g_new (struct ct_shared, note->meetings->len + 1);
  size_t n = 0, index = 0;
  gint64 exposed_s = 0;
  for (; n < note->meetings->len; n++) {
    const TraceMeeting *meeting = &g_array_index (note->meetings, TraceMeeting, n);
    spans[n] = (struct ct_shared){ meeting->from_s, meeting->to_s, (guint32) n };
  }
  n = ct_shared_unite (spans, n);
  if (!ct_exposure_find (&rule, spans, n, &exposed_s, &index) || exposed_s != note->exposed_s) {
    g_set_error_literal (error, TRACE_ERROR, TRACE_ERROR_INPUT,
                         "its stays have changed since the case was computed");
    return FALSE;
  }
  const TraceMeeting *where = &g_array_index (note->meetings, TraceMeeting, spans[index].place);
  row->first_s = spans[0].from_s;
  row->last_s = spans[n - 1].to_s;
  row->venue = where->venue;
  row->zone = where->zone;
  return TRUE;
}

static gboolean
describe_contact (TraceExport *self,
                  const TraceContact *contact,
                  TraceExportRow *row,
                  GError **error)
{
  guint8 via[TRACE_SUBJECT_SIZE];
  if (!trace_store_get_subject (self->store, contact->via, via, error))
    return FALSE;
  trace_subject_write (via, row->note.via);
  row->note.level = contact->level;
  row->note.exposed_s = contact->exposed_s;
  row->note.overlap_s = contact->overlap_s;
  row->note.is_staff = contact->is_staff;
  row->note.doubts = contact->doubts;
  if (!add_meetings (self, contact, &row->note, error))
    return FALSE;
  if (contact->place == 0) // of a case, which keeps no more than the exposure
    return find_exposure (self, row, error);
  row->first_s = contact->first_s;
  row->last_s = contact->last_s;
  row->venue = trace_store_get_venue (self->store, contact->place);
  row->zone = trace_store_get_zone (self->store, contact->place);
  return TRUE;
}

static void
describe_guest (TraceExport *self, gsize i, TraceExportRow *row)
{
  const TraceExportItem *item = &g_array_index (self->items, TraceExportItem, i);
  const TraceStay *stay = &item->stay;
  while (row->n_same < i && compare_arrivals (item - row->n_same - 1, item) == 0)
    row->n_same++;
  row->first_s = stay->arrived_s;
  row->last_s = (stay->doubts & TRACE_DOUBT_OPEN) != 0 ? TRACE_OPEN_S : stay->left_s;
  row->note.doubts = stay->doubts;
  row->venue = trace_store_get_venue (self->store, stay->place);
  row->zone = trace_store_get_zone (self->store, stay->place);
  const TraceMeeting meeting = { .venue = (char *) row->venue,
                                 .zone = (char *) row->zone,
                                 .from_s = row->first_s,
                                 .to_s = row->last_s,
                                 .evidence = stay->evidence };
  trace_note_add_meeting (&row->note, &meeting);
}

static void
name (TraceExport *self, TraceExportRow *row)
{
  static const TraceDetails unknown = { { (char *) "", (char *) "", (char *) "", (char *) "",
                                          (char *) "", (char *) "" } };
  row->details =
      self->details != NULL ? g_hash_table_lookup (self->details, row->note.subject) : NULL;
  if (row->details == NULL)
    row->details = &unknown;
  if (row->details->text[TRACE_DETAIL_NAME][0] != '\0') {
    trace_name_split (row->details->text[TRACE_DETAIL_NAME], &row->last_name, &row->first_name);
    return;
  }
  row->last_name = g_strdup (TRACE_EXPORT_LAST_NAME);
  row->first_name = g_strdup (row->note.subject);
}

gboolean
trace_export_get (
    TraceExport *self, gsize i, const char *officer, TraceExportRow *ret_row, GError **error)
{
  const TraceExportItem *item = &g_array_index (self->items, TraceExportItem, i);
  g_auto (TraceExportRow) row = { .officer = officer };
  trace_note_init (&row.note);
  trace_subject_write (item->key, row.note.subject);
  if (self->venue != NULL)
    describe_guest (self, i, &row);
  else if (!describe_contact (self, &item->contact, &row, error))
    return FALSE;
  if (row.venue[0] == '\0' || !g_utf8_validate (row.venue, -1, NULL) ||
      !g_utf8_validate (row.zone, -1, NULL)) {
    g_set_error_literal (error, TRACE_ERROR, TRACE_ERROR_INPUT, "its place has no name");
    return FALSE;
  }
  name (self, &row);
  *ret_row = row;
  row = (TraceExportRow){ .officer = NULL };
  return TRUE;
}
