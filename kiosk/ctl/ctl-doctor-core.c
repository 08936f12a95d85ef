// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How much was delivered is in the journal; why it goes no further, in the feed's note.

#include "kiosk/ctl/ctl-doctor-core.h"

#include <string.h>

#include "kiosk/feed/feed-note.h"
#include "kiosk/journal/journal-membership.h"
#include "kiosk/journal/journal-verify.h"

static Finding
explain_stop (FeedOutcome reason)
{
  static const Finding fork = {
    HEALTH_BROKEN, "the core holds other records under this kiosk's numbers",
    "Máy này là bản sao, hoặc dữ liệu bị thay. Giữ nguyên máy và báo kỹ thuật; khi máy chủ cho "
    "phép lại, máy tự gửi tiếp.",
    "This box is a copy of another, or its records were replaced. Leave it as it is and call "
    "support; it goes on by itself once the core releases it."
  };
  static const Finding epoch = {
    HEALTH_BROKEN, "the core does not know this journal",
    "Đăng ký lại: 'tramxanhctl enroll --again' với mã mới từ máy chủ.",
    "Enrol again: 'tramxanhctl enroll --again' with a new code from the core."
  };
  static const Finding revoked = {
    HEALTH_BROKEN, "the core refuses this kiosk",
    "Hỏi cơ quan y tế vì sao máy bị thu hồi, rồi đăng ký lại bằng mã mới.",
    "Ask the health office why it was revoked, then enrol again with a new code."
  };
  return reason == FEED_OUTCOME_FORK ? fork : reason == FEED_OUTCOME_EPOCH ? epoch : revoked;
}

static Finding
explain_link (const FeedState *note)
{
  if (note->link == FEED_LINK_STOPPED)
    return explain_stop (note->reason);
  if (note->link == FEED_LINK_OFFLINE && note->reason == FEED_OUTCOME_WRONG)
    return (Finding){ HEALTH_BROKEN, "somebody else answers, or the core is not well",
                      "Mạng có thể đòi đăng nhập (Wi-Fi khách). Kiểm tra mạng, rồi hỏi máy chủ.",
                      "The network may want a sign-in. Check it, then ask whoever runs the core." };
  if (note->link == FEED_LINK_OFFLINE)
    return (Finding){ HEALTH_BROKEN, "the core is not reached; records wait here",
                      "Kiểm tra dây mạng và tường lửa; dữ liệu vẫn được giữ trên máy.",
                      "Check cable and firewall; nothing is lost meanwhile." };
  if (note->clocks_differ)
    return (Finding){ HEALTH_BROKEN, "the core's clock and this one differ by minutes",
                      "Kiểm tra giờ của máy và dịch vụ đồng bộ giờ.",
                      "Check this box's time and its time service." };
  return (Finding){ HEALTH_OK, "enrolled, delivering", NULL, NULL };
}

static void
describe (const JournalAudit *audit, const JournalMembership *membership, GString *detail)
{
  const JournalReceipt *receipt = &audit->receipt;
  gboolean is_ours =
      memcmp (receipt->core_key, membership->core_key, sizeof receipt->core_key) == 0;
  guint64 delivered = is_ours ? receipt->seq : 0;
  guint64 backlog = audit->seq > delivered ? audit->seq - delivered : 0;
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (receipt->core_ms / 1000);
  g_autofree char *at = time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
  if (delivered > 0)
    g_string_append_printf (detail, "last delivery %s, ", at != NULL ? at : "unknown");
  else
    g_string_append (detail, "nothing delivered yet, ");
  g_string_append_printf (detail, "%" G_GUINT64_FORMAT " records wait", backlog);
}

Finding
ctl_doctor_examine_core (const char *state_dir, GString *detail)
{
  g_autoptr (GError) error = NULL;
  g_auto (JournalAudit) audit;
  JournalMembership membership;
  FeedState note;
  journal_audit_init (&audit);
  if (!journal_membership_read (state_dir, &membership, &error))
    return error == NULL
               ? (Finding){ HEALTH_OK, "stand-alone: not enrolled with a tracing core", NULL, NULL }
               : (Finding){ HEALTH_BROKEN, "the file of the enrolment is damaged",
                            "Đăng ký lại: 'tramxanhctl enroll --again' với mã mới từ máy chủ.",
                            "Enrol again: 'tramxanhctl enroll --again' with a new code." };
  if (!feed_note_read (state_dir, &note))
    return (Finding){ HEALTH_MISSING, "enrolled, but the kiosk did not try yet", "Khởi động kiosk.",
                      "Start the kiosk." };
  Finding finding = explain_link (&note);
  if (journal_verify (state_dir, &audit, NULL)) // the journal's own examination says why not
    describe (&audit, &membership, detail);
  return finding;
}
