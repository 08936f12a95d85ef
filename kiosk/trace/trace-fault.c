// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-fault"

#include "kiosk/trace/trace-fault.h"

typedef struct {
  gint64 row;
  char *column;
  TraceFault fault;
} Found;

struct TraceFaults {
  GArray *found; // the first of them
  gint64 n_found;
};

static const char *const reasons[TRACE_N_FAULTS][TRACE_N_LANGUAGES] = {
  [TRACE_FAULT_NONE] = { "", "" },
  [TRACE_FAULT_NO_HEADER] = { "no header", "không có dòng tiêu đề" },
  [TRACE_FAULT_UTF16] = { "UTF-16; save it as \"CSV UTF-8\"",
                          "tệp UTF-16; hãy lưu lại dạng \"CSV UTF-8\"" },
  [TRACE_FAULT_ZIP] = { "a workbook (xlsx) or an archive; save the sheet as \"CSV UTF-8\"",
                        "tệp bảng tính (xlsx) hoặc tệp nén; hãy lưu trang tính dạng "
                        "\"CSV UTF-8\"" },
  [TRACE_FAULT_GZIP] = { "compressed; unpack it first", "tệp nén; hãy giải nén trước" },
  [TRACE_FAULT_OLD_SHEET] = { "a workbook (xls); save the sheet as \"CSV UTF-8\"",
                              "tệp bảng tính (xls); hãy lưu trang tính dạng \"CSV UTF-8\"" },
  [TRACE_FAULT_UNREADABLE] = { "reading the file failed", "không đọc được tệp" },
  [TRACE_FAULT_CHANGED] = { "the file changed while it was read",
                            "tệp bị thay đổi trong khi đang đọc" },
  [TRACE_FAULT_TOO_LARGE] = { "too large, or nested too deeply", "quá lớn hoặc lồng nhau quá sâu" },
  [TRACE_FAULT_NOT_A_LIST] = { "no list of this format", "không phải danh sách của định dạng này" },
  [TRACE_FAULT_ROW_COUNT] = { "not as many rows as its end says: a part is missing",
                              "số dòng khác với số ghi ở cuối tệp: tệp bị thiếu" },
  [TRACE_FAULT_MISSING_COLUMN] = { "missing from the header", "thiếu trong dòng tiêu đề" },
  [TRACE_FAULT_EXTRA_COLUMN] = { "no column of this format (--ignore-extra leaves it out)",
                                 "không có trong định dạng này (--ignore-extra để bỏ qua)" },
  [TRACE_FAULT_TWICE] = { "twice in the header", "lặp lại trong dòng tiêu đề" },
  [TRACE_FAULT_QUOTES] = { "quotes do not match", "dấu ngoặc kép không khớp" },
  [TRACE_FAULT_ZERO_BYTE] = { "a zero byte in it", "có byte 0" },
  [TRACE_FAULT_LONG_FIELD] = { "a field of more than 1 MiB", "một ô dài hơn 1 MiB" },
  [TRACE_FAULT_MANY_COLUMNS] = { "more than 64 columns", "nhiều hơn 64 cột" },
  [TRACE_FAULT_N_COLUMNS] = { "not as many columns as the header", "số cột khác dòng tiêu đề" },
  [TRACE_FAULT_JSON] = { "not a JSON object of plain texts and numbers",
                         "không phải đối tượng JSON gồm chữ và số" },
  [TRACE_FAULT_NOTE] = { "not a note as export writes it",
                         "không phải ghi chú do lệnh export viết ra" },
  [TRACE_FAULT_CLASH] = { "another end or evidence of the same record (kiosk, seq) than a row "
                          "before it or the store has",
                          "giờ rời hoặc bằng chứng khác với dòng trước hoặc kho dữ liệu, dù cùng "
                          "một bản ghi (kiosk, seq)" },
  [TRACE_FAULT_SUBJECT] = { "not 32 hexadecimal digits", "không phải 32 chữ số thập lục phân" },
  [TRACE_FAULT_SHEET_NUMBER] = { "a spreadsheet made a rounded number of it; import that column as "
                                 "text",
                                 "bảng tính đã đổi thành số làm tròn; hãy đặt cột này là văn bản" },
  [TRACE_FAULT_SHEET_ZEROS] = { "fewer than 32 digits: a spreadsheet took leading zeros away; "
                                "import that column as text",
                                "ít hơn 32 chữ số: bảng tính đã bỏ các số 0 ở đầu; hãy đặt cột này "
                                "là văn bản" },
  [TRACE_FAULT_EMPTY] = { "empty", "bị bỏ trống" },
  [TRACE_FAULT_TEXT] = { "too long, or not plain UTF-8 text",
                         "quá dài hoặc không phải văn bản UTF-8" },
  [TRACE_FAULT_HIDDEN] = { "hidden direction marks in it", "có ký tự ẩn đổi hướng chữ" },
  [TRACE_FAULT_TIME] = { "not a time in seconds or ISO 8601",
                         "không phải thời điểm (giây hoặc ISO 8601)" },
  [TRACE_FAULT_ZONE] = { "a time without its zone; write +07:00 behind it",
                         "thời điểm không có múi giờ; hãy thêm +07:00" },
  [TRACE_FAULT_LEFT] = { "neither empty nor a time in seconds or ISO 8601",
                         "không trống và cũng không phải thời điểm (giây hoặc ISO 8601)" },
  [TRACE_FAULT_ORDER] = { "not later than arrived", "không muộn hơn lúc đến" },
  [TRACE_FAULT_YEAR] = { "more than a year", "dài hơn một năm" },
  [TRACE_FAULT_LONG] = { "more than 24 hours (--any-length takes it)",
                         "dài hơn 24 giờ (thêm --any-length để nhận)" },
  [TRACE_FAULT_EARLY] = { "before 2020 (--any-date takes it)",
                          "trước năm 2020 (thêm --any-date để nhận)" },
  [TRACE_FAULT_LATE] = { "more than a day from now (--any-date takes it)",
                         "sau hiện tại hơn một ngày (thêm --any-date để nhận)" },
  [TRACE_FAULT_DAYS] = { "one different day more than PostgreSQL has locks for: raise its "
                         "max_locks_per_transaction, or let old stays go (retain)",
                         "quá số ngày khác nhau mà PostgreSQL khóa được: hãy tăng "
                         "max_locks_per_transaction hoặc xóa dữ liệu cũ (retain)" },
  [TRACE_FAULT_EVIDENCE] = { "not qr, ble, manual or staff",
                             "không phải qr, ble, manual hoặc staff" },
  [TRACE_FAULT_DOUBTS] = { "not of the words static, clock, conflict, open, beacon",
                           "không phải các từ static, clock, conflict, open, beacon" },
  [TRACE_FAULT_NUMBER] = { "not a number", "không phải số" },
  [TRACE_FAULT_SIGHTING_ID] = { "not 24 hexadecimal digits", "không phải 24 chữ số thập lục phân" },
  [TRACE_FAULT_RSSI] = { "not a signal strength from -127 to 20 dBm",
                         "không phải cường độ sóng từ -127 đến 20 dBm" },
};

static const char *const row_words[TRACE_N_LANGUAGES] = { "row", "dòng" };
static const char *const column_words[TRACE_N_LANGUAGES] = { "column", "cột" };
static const char *const more_words[TRACE_N_LANGUAGES] = { "more", "lỗi nữa" };

const char *
trace_fault_get_reason (TraceFault fault, TraceLanguage language)
{
  return reasons[fault][language];
}

static void
found_clear (gpointer data)
{
  g_free (((Found *) data)->column);
}

TraceFaults *
trace_faults_new (void)
{
  TraceFaults *faults = g_new0 (TraceFaults, 1);
  faults->found = g_array_new (FALSE, FALSE, sizeof (Found));
  g_array_set_clear_func (faults->found, found_clear);
  return faults;
}

void
trace_faults_free (TraceFaults *faults)
{
  g_array_unref (faults->found);
  g_free (faults);
}

void
trace_faults_add (TraceFaults *faults, gint64 row, const char *column, TraceFault fault)
{
  faults->n_found++;
  if (faults->found->len == TRACE_FAULTS_KEPT)
    return;
  Found found = { row, g_strdup (column), fault };
  g_array_append_val (faults->found, found);
}

gint64
trace_faults_count (const TraceFaults *faults)
{
  return faults->n_found;
}

char *
trace_faults_tell (const TraceFaults *faults, TraceLanguage language)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < faults->found->len; i++) {
    const Found *found = &g_array_index (faults->found, Found, i);
    if (found->row > 0)
      g_string_append_printf (text, "%s %" G_GINT64_FORMAT, row_words[language], found->row);
    if (found->column != NULL)
      g_string_append_printf (text, "%s%s %s", found->row > 0 ? ", " : "", column_words[language],
                              found->column);
    if (found->row > 0 || found->column != NULL)
      g_string_append (text, ": ");
    g_string_append_printf (text, "%s\n", trace_fault_get_reason (found->fault, language));
  }
  if (faults->n_found > faults->found->len)
    g_string_append_printf (text, "… %" G_GINT64_FORMAT " %s\n",
                            faults->n_found - faults->found->len, more_words[language]);
  return g_string_free (text, FALSE);
}
