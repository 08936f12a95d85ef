// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who a subject is, as an officer was shown it: a JSON object a line, by the subject.

#pragma once

#include <stdio.h>

#include "kiosk/trace/trace-fault.h"

G_BEGIN_DECLS

typedef enum {
  TRACE_DETAIL_NAME,
  TRACE_DETAIL_BIRTH_DATE, // YYYY-MM-DD
  TRACE_DETAIL_SEX,        // male, female, other
  TRACE_DETAIL_PHONE,      // E.164
  TRACE_DETAIL_EMAIL,
  TRACE_DETAIL_ADDRESS,
  TRACE_N_DETAILS,
} TraceDetail;

extern const char *const trace_detail_names[TRACE_N_DETAILS]; // as members and columns have them

typedef struct {
  char *text[TRACE_N_DETAILS]; // never NULL
} TraceDetails;

TraceDetails *trace_details_new (void);
void trace_details_free (TraceDetails *details);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceDetails, trace_details_free)
void trace_details_set (TraceDetails *details, TraceDetail detail, const char *text);
gboolean trace_details_is_empty (const TraceDetails *details);

// By the subject's 32 digits. A line that cannot be used is put into @faults, and the others are
// taken. (transfer full)
GHashTable *trace_details_read (FILE *stream, TraceFaults *faults);
// A line, with its end.
void trace_details_append (GString *text, const char *subject, const TraceDetails *details);

// The family name stands first: what is behind its space is the rest. Joining gives the same name
// again. (transfer full)
void trace_name_split (const char *name, char **ret_last, char **ret_first);
char *trace_name_join (const char *last, const char *first);

// "0912 345 678" → "+84912345678"; what is no number of Vietnam or with its country stays as it is.
char *trace_phone_to_e164 (const char *phone);

// As other systems have it: MALE, FEMALE, OTHER, UNKNOWN; and back, also when something stands in
// front. Any other word is nobody else's: it stays.
const char *trace_sex_to_word (const char *sex);
const char *trace_sex_from_word (const char *word);

G_END_DECLS
