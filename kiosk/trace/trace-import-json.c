// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Documents of other systems: IRIS's list of guests, and contacts of Go.Data, as export writes
// them.

#define G_LOG_DOMAIN "trace-import"

#include "kiosk/trace/trace-import-private.h"
#include "kiosk/trace/trace-json.h"

// Where a person's field is: in @object of the entry, or in the entry itself.
typedef struct {
  const char *object, *member;
  TraceField field;
} Place;

static const Place iris_places[] = {
  { "attendanceInformation", "additionalInformation", TRACE_FIELD_NOTE },
  { NULL, "firstName", TRACE_FIELD_FIRST_NAME },
  { NULL, "lastName", TRACE_FIELD_LAST_NAME },
  { NULL, "dateOfBirth", TRACE_FIELD_DETAILS + TRACE_DETAIL_BIRTH_DATE },
  { NULL, "sex", TRACE_FIELD_DETAILS + TRACE_DETAIL_SEX },
  { NULL, "phone", TRACE_FIELD_DETAILS + TRACE_DETAIL_PHONE },
  { NULL, "email", TRACE_FIELD_DETAILS + TRACE_DETAIL_EMAIL },
  { "address", "street", TRACE_FIELD_DETAILS + TRACE_DETAIL_ADDRESS },
};

static const Place godata_places[] = {
  { NULL, "riskReason", TRACE_FIELD_NOTE },
  { NULL, "firstName", TRACE_FIELD_FIRST_NAME },
  { NULL, "lastName", TRACE_FIELD_LAST_NAME },
  { NULL, "dob", TRACE_FIELD_DETAILS + TRACE_DETAIL_BIRTH_DATE },
  { NULL, "gender", TRACE_FIELD_DETAILS + TRACE_DETAIL_SEX },
  { "addresses", "phoneNumber", TRACE_FIELD_DETAILS + TRACE_DETAIL_PHONE },
  { "addresses", "emailAddress", TRACE_FIELD_DETAILS + TRACE_DETAIL_EMAIL },
  { "addresses", "addressLine1", TRACE_FIELD_DETAILS + TRACE_DETAIL_ADDRESS },
};

static JsonNode *
read_document (TraceImporter *importer, TraceInput *input)
{
  g_autoptr (GString) text = g_string_new (NULL);
  TraceFault fault = TRACE_FAULT_NONE;
  while (trace_input_peek (input) != EOF && text->len <= TRACE_JSON_BYTES_MAX) {
    g_string_append_len (text, (const char *) input->at, input->end - input->at);
    input->at = input->end;
  }
  JsonNode *root = trace_json_read (text->str, text->len, &fault);
  if (root == NULL)
    trace_faults_add (importer->faults, 0, NULL, fault);
  return root;
}

// The object itself, or the first one of an array.
static JsonObject *
get_object (JsonObject *entry, const char *member)
{
  JsonNode *node = json_object_get_member (entry, member);
  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);
    node = json_array_get_length (array) > 0 ? json_array_get_element (array, 0) : NULL;
  }
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static gboolean
take_entry (TraceImporter *importer,
            gint64 row,
            JsonNode *node,
            const Place *places,
            gsize n_places,
            GError **error)
{
  const char *fields[TRACE_N_FIELDS];
  char numbers[G_N_ELEMENTS (iris_places)][TRACE_JSON_NUMBER_SIZE];
  gboolean ok = JSON_NODE_HOLDS_OBJECT (node);
  for (guint i = 0; i < TRACE_N_FIELDS; i++)
    fields[i] = "";
  for (gsize i = 0; ok && i < n_places; i++) {
    JsonObject *object = json_node_get_object (node);
    if (places[i].object != NULL)
      object = get_object (object, places[i].object);
    ok = object == NULL ||
         trace_json_get_text (object, places[i].member, numbers[i], &fields[places[i].field]);
  }
  if (!ok || fields[TRACE_FIELD_NOTE][0] == '\0') {
    importer->import->n_rows++;
    trace_faults_add (importer->faults, row, NULL, ok ? TRACE_FAULT_NOTE : TRACE_FAULT_JSON);
    return TRUE;
  }
  return trace_importer_take (importer, row, fields, error);
}

static gboolean
take_entries (
    TraceImporter *importer, JsonNode *list, const Place *places, gsize n_places, GError **error)
{
  if (list == NULL || !JSON_NODE_HOLDS_ARRAY (list)) {
    trace_faults_add (importer->faults, 0, NULL, TRACE_FAULT_NOT_A_LIST);
    return TRUE;
  }
  JsonArray *entries = json_node_get_array (list);
  for (guint i = 0; i < json_array_get_length (entries); i++)
    if (!take_entry (importer, i + 1, json_array_get_element (entries, i), places, n_places, error))
      return FALSE;
  return TRUE;
}

gboolean
trace_import_iris (TraceImporter *importer, TraceInput *input, GError **error)
{
  g_autoptr (JsonNode) root = read_document (importer, input);
  if (root == NULL)
    return TRUE;
  JsonNode *guests = JSON_NODE_HOLDS_OBJECT (root)
                         ? json_object_get_member (json_node_get_object (root), "guests")
                         : NULL;
  return take_entries (importer, guests, iris_places, G_N_ELEMENTS (iris_places), error);
}

gboolean
trace_import_godata (TraceImporter *importer, TraceInput *input, GError **error)
{
  g_autoptr (JsonNode) root = read_document (importer, input);
  return root == NULL ||
         take_entries (importer, root, godata_places, G_N_ELEMENTS (godata_places), error);
}
