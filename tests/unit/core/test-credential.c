// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The verdict on every kind of payload. All people here are made up; so are their numbers.

#include <glib.h>
#include <string.h>

#include "kiosk/core/ct-credential.h"

#define NOON_2026_06_15_S 1781499600 // 12:00 in Viet Nam

typedef struct {
  const char *behaviour;
  const char *payload;
  gsize len; // 0: up to the terminator
  enum ct_refusal refusal;
  enum ct_kind kind; // of the credential, or the hint
  const char *subject;
  const char *name; // NULL: not checked
  unsigned doubts;
} Case;

#define BYTES(literal) (literal), sizeof (literal) - 1
#define CARD_HEAD      "079090012345|024567890|Nguyễn Văn Thử|15081990|Nam|12 Lê Lợi, Bến Nghé, Quận 1"
#define CARD           CARD_HEAD "|10052021"
#define INSURED                                                                                    \
  "0123456789|4e677579e1bb856e2056c4836e2041|29/03/1988|1|-|01 - 001|01/07/2023|-|31/07/2023|"     \
  "01050123456789|-|4| "                                                                           \
  "01/10/2027|0123456789abcdef-1202|4|5175e1baad6e2043e1baa775204769e1baa579|$"
#define INSURED_OLD                                                                                \
  "HS4010123456789|4E677579E1BB856E2056C4836E2042|07/09/2008|1|48C3A0204EE1BB9969|01 - 028|"       \
  "24/01/2019|-|24/01/2019|$"
#define NATIONAL "001093029317|NGUYEN VAN A|1987-01-18|0|162979388586171100|<1<00<0123232422"

// One line each.
// clang-format off
static const Case cases[] = {
  // Citizen cards
  { "reads-a-card-of-2021", CARD, 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", "Nguyễn Văn Thử", 0 },
  { "reads-a-card-without-old-number", "034303000017||Trần Thị Kiểm|21032003|Nữ|Thôn Đông, An Quý, Quỳnh Phụ, Thái Bình|14082021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:034303000017", "Trần Thị Kiểm", 0 },
  { "reads-a-card-of-2024", "001218000123||Lê Minh Bé|05092018|Nam|Phường Cống Vị, Quận Ba Đình, Hà Nội|02072024|||||", 0, CT_REFUSAL_NONE, CT_KIND_CAN_CUOC, "cccd:001218000123", "Lê Minh Bé", 0 },
  { "calls-the-card-can-cuoc-from-its-first-day", CARD_HEAD "|01072024", 0, CT_REFUSAL_NONE, CT_KIND_CAN_CUOC, "cccd:079090012345", NULL, 0 },
  { "calls-the-card-cccd-until-the-day-before", CARD_HEAD "|30062024", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", NULL, 0 },
  { "ignores-the-tail-of-2024", CARD_HEAD "|02072024|x|079090000001|Cha Ông|Mẹ Bà", 0, CT_REFUSAL_NONE, CT_KIND_CAN_CUOC, "cccd:079090012345", NULL, 0 },
  { "strips-trailing-nuls", BYTES (CARD "\0\0\0"), CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", NULL, 0 },
  { "strips-line-ends-and-nuls-in-any-order", BYTES (" \r\n" CARD "\r\n\0\n\0"), CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", NULL, 0 },
  { "strips-a-byte-order-mark", "\xEF\xBB\xBF" CARD, 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", NULL, 0 },
  { "accepts-full-width-bars", "079090012345｜｜Nguyễn Văn Thử｜15081990｜Nam｜Huế｜10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", "Nguyễn Văn Thử", 0 },
  { "accepts-a-scanner-prefix", "cccd: " CARD, 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", NULL, 0 },
  { "accepts-an-empty-address", "079090012345||Nguyễn Văn Thử|15081990|Nam||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", NULL, 0 },
  { "accepts-six-fields-with-a-doubt", CARD_HEAD, 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", NULL, CT_DOUBT_PARTIAL_DATE },
  { "refuses-five-fields", "079090012345||Nguyễn Văn Thử|15081990|Nam", 0, CT_REFUSAL_FORMAT, CT_KIND_CCCD, NULL, NULL, 0 },
  { "accepts-sixteen-fields", CARD "|||||||||", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", NULL, 0 },
  { "refuses-seventeen-fields", CARD "||||||||||", 0, CT_REFUSAL_FORMAT, CT_KIND_CCCD, NULL, NULL, 0 },
  { "accepts-a-birth-year-alone", "079050012345||Nguyễn Văn Thử|00001950|Nam||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079050012345", NULL, CT_DOUBT_PARTIAL_DATE },
  { "accepts-a-birth-month-and-year", "079050012345||Nguyễn Văn Thử|00031950|Nam||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079050012345", NULL, CT_DOUBT_PARTIAL_DATE },
  { "refuses-a-day-without-a-month", "079050012345||Nguyễn Văn Thử|05001950|Nam||10052021", 0, CT_REFUSAL_DATE, CT_KIND_CCCD, NULL, NULL, 0 },
  { "refuses-a-date-that-does-not-exist", "079190012345||Nguyễn Văn Thử|29022023|Nữ||10052023", 0, CT_REFUSAL_DATE, CT_KIND_CCCD, NULL, NULL, 0 },
  { "accepts-a-leap-day", "079200012345||Nguyễn Văn Thử|29022000|Nam||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079200012345", NULL, 0 },
  { "refuses-a-birth-date-tomorrow", "079226012345||Nguyễn Văn Thử|16062026|Nam||15062026", 0, CT_REFUSAL_DATE, CT_KIND_CCCD, NULL, NULL, 0 },
  { "accepts-a-birth-and-issue-date-today", "079226012345||Nguyễn Văn Thử|15062026|Nam||15062026", 0, CT_REFUSAL_NONE, CT_KIND_CAN_CUOC, "cccd:079226012345", NULL, 0 },
  { "refuses-an-issue-date-before-birth", "079090012345||Nguyễn Văn Thử|15081990|Nam||14081990", 0, CT_REFUSAL_DATE, CT_KIND_CCCD, NULL, NULL, 0 },
  { "refuses-an-issue-date-in-the-future", CARD_HEAD "|16062026", 0, CT_REFUSAL_DATE, CT_KIND_CAN_CUOC, NULL, NULL, 0 },
  { "refuses-a-partial-issue-date", CARD_HEAD "|00002021", 0, CT_REFUSAL_DATE, CT_KIND_CCCD, NULL, NULL, 0 },
  { "refuses-letters-in-a-date", "079090012345||Nguyễn Văn Thử|15O81990|Nam||10052021", 0, CT_REFUSAL_DATE, CT_KIND_CCCD, NULL, NULL, 0 },
  { "refuses-eleven-digits", "07909001234||Nguyễn Văn Thử|15081990|Nam||10052021", 0, CT_REFUSAL_ID, CT_KIND_CCCD, NULL, NULL, 0 },
  { "refuses-thirteen-digits", "0790900123456||Nguyễn Văn Thử|15081990|Nam||10052021", 0, CT_REFUSAL_ID, CT_KIND_CCCD, NULL, NULL, 0 },
  { "refuses-a-letter-in-the-number", "07909001234O||Nguyễn Văn Thử|15081990|Nam||10052021", 0, CT_REFUSAL_ID, CT_KIND_CCCD, NULL, NULL, 0 },
  { "refuses-a-province-that-never-was", "003090012345||Nguyễn Văn Thử|15081990|Nam||10052021", 0, CT_REFUSAL_ID, CT_KIND_CCCD, NULL, NULL, 0 },
  { "refuses-a-country-below-the-first", "100090012345||Nguyễn Văn Thử|15081990|Nam||10052021", 0, CT_REFUSAL_ID, CT_KIND_CCCD, NULL, NULL, 0 },
  { "accepts-a-birth-abroad", "101090012345||Nguyễn Văn Thử|15081990|Nam||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:101090012345", NULL, 0 },
  { "refuses-an-old-number-of-letters", "079090012345|abc|Nguyễn Văn Thử|15081990|Nam||10052021", 0, CT_REFUSAL_ID, CT_KIND_CCCD, NULL, NULL, 0 },
  { "doubts-a-sex-that-differs", "079090012345||Nguyễn Văn Thử|15081990|Nữ||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", NULL, CT_DOUBT_SEX },
  { "doubts-a-birth-year-that-differs", "079090012345||Nguyễn Văn Thử|15081991|Nam||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", NULL, CT_DOUBT_BIRTH_YEAR },
  { "doubts-the-century-of-a-birth-year", "079290012345||Nguyễn Văn Thử|15081990|Nam||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079290012345", NULL, CT_DOUBT_BIRTH_YEAR },
  { "refuses-another-sex-word", "079090012345||Nguyễn Văn Thử|15081990|X||10052021", 0, CT_REFUSAL_FORMAT, CT_KIND_CCCD, NULL, NULL, 0 },
  { "accepts-a-decomposed-sex-word", "079190012345||Trần Thị Kiểm|15081990|Nu\xCC\x9B\xCC\x83||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079190012345", NULL, 0 },
  { "refuses-an-empty-name", "079090012345|| |15081990|Nam||10052021", 0, CT_REFUSAL_FORMAT, CT_KIND_CCCD, NULL, NULL, 0 },
  { "refuses-over-512-bytes", CARD "|" "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789" "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789" "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789" "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789" "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789", 0, CT_REFUSAL_TOO_LONG, CT_KIND_CCCD, NULL, NULL, 0 },
  { "undoes-a-wrong-eci", "079190012345||Tr\xC3\xA1\xC2\xBA\xC2\xA7n Th\xC3\xA1\xC2\xBB\xC2\x8B Ki\xC3\xA1\xC2\xBB\xC2\x83m|15081990|N\xC3\xA1\xC2\xBB\xC2\xAF||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079190012345", "Trần Thị Kiểm", CT_DOUBT_REPAIRED },

  { "refuses-control-characters-for-a-sex", "079090012345||Nguyễn Văn Thử|15081990|N\x07|Huế|10052021", 0, CT_REFUSAL_FORMAT, CT_KIND_CCCD, NULL, NULL, 0 },

  // Names, as cards carry them
  { "composes-a-decomposed-name", "079090012345||Nguye\xCC\x82\xCC\x83n Va\xCC\x86n Thu\xCC\x9B\xCC\x89|15081990|Nam||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", "Nguyễn Văn Thử", 0 },
  { "keeps-the-exact-bytes-of-a-composed-name", "079090012345||Ngô Văn Tú|15081990|Nam||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", "Ng\xC3\xB4 V\xC4\x83n T\xC3\xBA", 0 },
  { "collapses-spaces-in-a-name", "079090012345||  Ngô \xC2\xA0 Văn　 Tú |15081990|Nam||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", "Ngô Văn Tú", 0 },
  { "keeps-the-subject-of-a-name-in-capitals", "079090012345||NGUYỄN  VĂN THỬ|15081990|NAM||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", "NGUYỄN VĂN THỬ", 0 },
  { "keeps-sql-as-text", "079090012345||'; DROP TABLE visit;--|15081990|Nam||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", "'; DROP TABLE visit;--", 0 },
  { "keeps-markup-as-text", "079090012345||<b>x</b>&amp;<span size='999999'>|15081990|Nam||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", "<b>x</b>&amp;<span size='999999'>", 0 },
  { "keeps-a-formula-as-text", "079090012345||=HYPERLINK('x')!A0|15081990|Nam||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", "=HYPERLINK('x')!A0", 0 },
  { "keeps-an-emoji-as-text", "079090012345||An 🙂|15081990|Nam||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", "An 🙂", 0 },
  { "refuses-line-ends-in-a-name", "079090012345||An\r\nINFO door opened|15081990|Nam||10052021", 0, CT_REFUSAL_CONTROL, CT_KIND_CCCD, NULL, NULL, 0 },
  { "refuses-printer-commands-in-a-name", "079090012345||An\x1B@|15081990|Nam||10052021", 0, CT_REFUSAL_CONTROL, CT_KIND_CCCD, NULL, NULL, 0 },
  { "refuses-a-bidi-override-in-a-name", "079090012345||An\xE2\x80\xAEgnp.exe|15081990|Nam||10052021", 0, CT_REFUSAL_CONTROL, CT_KIND_CCCD, NULL, NULL, 0 },
  { "refuses-zero-width-joiners-in-a-name", "079090012345||👨\xE2\x80\x8D👩|15081990|Nam||10052021", 0, CT_REFUSAL_CONTROL, CT_KIND_CCCD, NULL, NULL, 0 },
  { "doubts-cyrillic-among-latin", "079090012345||\xD0\x90nh Thử|15081990|Nam||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", NULL, CT_DOUBT_CONFUSABLE },
  { "doubts-eth-for-d-with-stroke", "079090012345||\xC3\x90ỗ Thử|15081990|Nam||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", NULL, CT_DOUBT_CONFUSABLE },
  { "doubts-african-d-for-d-with-stroke", "079090012345||\xC6\x89ỗ Thử|15081990|Nam||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", NULL, CT_DOUBT_CONFUSABLE },
  { "trusts-a-real-d-with-stroke", "079090012345||Đỗ Thử|15081990|Nam||10052021", 0, CT_REFUSAL_NONE, CT_KIND_CCCD, "cccd:079090012345", "Đỗ Thử", 0 },

  // Health insurance
  { "reads-an-insurance-card", INSURED, 0, CT_REFUSAL_NONE, CT_KIND_BHYT, "bhxh:0123456789", "Nguyễn Văn A", 0 },
  { "reads-an-old-insurance-card", INSURED_OLD, 0, CT_REFUSAL_NONE, CT_KIND_BHYT_OLD, "bhxh:0123456789", "Nguyễn Văn B", 0 },
  { "strips-nuls-after-the-dollar", BYTES (INSURED "\0"), CT_REFUSAL_NONE, CT_KIND_BHYT, "bhxh:0123456789", NULL, 0 },
  { "accepts-nine-parts", "0123456789|4e67|1988|2|-|01 - 001|01/07/2023|-|$", 0, CT_REFUSAL_NONE, CT_KIND_BHYT, "bhxh:0123456789", "Ng", CT_DOUBT_PARTIAL_DATE },
  { "refuses-eight-parts", "0123456789|4e67|1988|2|-|01 - 001|01/07/2023|$", 0, CT_REFUSAL_FORMAT, CT_KIND_BHYT, NULL, NULL, 0 },
  { "refuses-twenty-one-parts", "0123456789|4e67|1988|2|||||||||||||||||$", 0, CT_REFUSAL_FORMAT, CT_KIND_BHYT, NULL, NULL, 0 },
  { "refuses-an-insurance-card-without-its-end", "HS4010123456789|4E67|07/09/2008|1|-|01 - 028|24/01/2019|-|24/01/2019|", 0, CT_REFUSAL_FORMAT, CT_KIND_BHYT_OLD, NULL, NULL, 0 },
  { "refuses-half-a-byte-of-name", "0123456789|4e6|1988|2|-|01 - 001|01/07/2023|-|$", 0, CT_REFUSAL_FORMAT, CT_KIND_BHYT, NULL, NULL, 0 },
  { "refuses-a-name-that-is-not-hexadecimal", "0123456789|4e6g|1988|2|-|01 - 001|01/07/2023|-|$", 0, CT_REFUSAL_FORMAT, CT_KIND_BHYT, NULL, NULL, 0 },
  { "refuses-a-hexadecimal-name-that-is-not-utf8", "0123456789|4ec0af|1988|2|-|01 - 001|01/07/2023|-|$", 0, CT_REFUSAL_ENCODING, CT_KIND_BHYT, NULL, NULL, 0 },
  { "refuses-a-nul-inside-a-hexadecimal-name", "0123456789|4e00|1988|2|-|01 - 001|01/07/2023|-|$", 0, CT_REFUSAL_CONTROL, CT_KIND_BHYT, NULL, NULL, 0 },
  { "accepts-a-dash-for-a-name", "0123456789|-|1988|2|-|01 - 001|01/07/2023|-|$", 0, CT_REFUSAL_NONE, CT_KIND_BHYT, "bhxh:0123456789", "", CT_DOUBT_PARTIAL_DATE },
  { "refuses-nine-digits-of-insurance", "012345678|4e67|1988|2|-|01 - 001|01/07/2023|-|$", 0, CT_REFUSAL_ID, CT_KIND_BHYT, NULL, NULL, 0 },
  { "refuses-benefit-level-six", "HS6010123456789|4E67|2008|1|-|01 - 028|24/01/2019|-|24/01/2019|$", 0, CT_REFUSAL_ID, CT_KIND_BHYT_OLD, NULL, NULL, 0 },
  { "refuses-an-insurance-card-of-no-province", "HS4000123456789|4E67|2008|1|-|01 - 028|24/01/2019|-|24/01/2019|$", 0, CT_REFUSAL_ID, CT_KIND_BHYT_OLD, NULL, NULL, 0 },
  { "accepts-an-insurance-card-of-the-forces", "QN5970123456789|4E67|2008|1|-|97 - 001|24/01/2019|-|24/01/2019|$", 0, CT_REFUSAL_NONE, CT_KIND_BHYT_OLD, "bhxh:0123456789", NULL, CT_DOUBT_PARTIAL_DATE },
  { "refuses-an-insurance-birth-date-that-does-not-exist", "0123456789|4e67|31/04/1988|2|-|01 - 001|01/07/2023|-|$", 0, CT_REFUSAL_DATE, CT_KIND_BHYT, NULL, NULL, 0 },
  { "refuses-insurance-sex-three", "0123456789|4e67|1988|3|-|01 - 001|01/07/2023|-|$", 0, CT_REFUSAL_FORMAT, CT_KIND_BHYT, NULL, NULL, 0 },

  // The national code
  { "reads-a-national-code", NATIONAL, 0, CT_REFUSAL_NONE, CT_KIND_QID, "qid:162979388586171100", "NGUYEN VAN A", 0 },
  { "reads-a-masked-national-code", "******029317|NGUYEN VAN A|1987-**-**|1|162979388586171100|1<GD4877*******<0943******", 0, CT_REFUSAL_NONE, CT_KIND_QID, "qid:162979388586171100", NULL, CT_DOUBT_MASKED | CT_DOUBT_PARTIAL_DATE },
  { "reads-a-masked-old-number", "******509|NGUYEN VAN A|1987-01-18|0|162979388586171100|", 0, CT_REFUSAL_NONE, CT_KIND_QID, "qid:162979388586171100", NULL, CT_DOUBT_MASKED },
  { "refuses-a-national-code-of-five-fields", "001093029317|NGUYEN VAN A|1987-01-18|0|162979388586171100", 0, CT_REFUSAL_FORMAT, CT_KIND_QID, NULL, NULL, 0 },
  { "refuses-a-national-code-of-seven-fields", NATIONAL "|", 0, CT_REFUSAL_FORMAT, CT_KIND_QID, NULL, NULL, 0 },
  { "refuses-month-13-of-a-national-code", "001093029317|NGUYEN VAN A|2027-13-45|0|162979388586171100|", 0, CT_REFUSAL_DATE, CT_KIND_QID, NULL, NULL, 0 },
  { "refuses-a-birth-in-1850", "001093029317|NGUYEN VAN A|1850-01-01|0|162979388586171100|", 0, CT_REFUSAL_DATE, CT_KIND_QID, NULL, NULL, 0 },
  { "refuses-a-birth-tomorrow", "001093029317|NGUYEN VAN A|2026-06-16|0|162979388586171100|", 0, CT_REFUSAL_DATE, CT_KIND_QID, NULL, NULL, 0 },
  { "refuses-a-date-without-zeros", "001093029317|NGUYEN VAN A|1987-1-8|0|162979388586171100|", 0, CT_REFUSAL_DATE, CT_KIND_QID, NULL, NULL, 0 },
  { "refuses-month-zero", "001093029317|NGUYEN VAN A|1987-00-01|0|162979388586171100|", 0, CT_REFUSAL_DATE, CT_KIND_QID, NULL, NULL, 0 },
  { "refuses-declarer-2", "001093029317|NGUYEN VAN A|1987-01-18|2|162979388586171100|", 0, CT_REFUSAL_FORMAT, CT_KIND_QID, NULL, NULL, 0 },
  { "refuses-declarer-minus-1", "001093029317|NGUYEN VAN A|1987-01-18|-1|162979388586171100|", 0, CT_REFUSAL_FORMAT, CT_KIND_QID, NULL, NULL, 0 },
  { "refuses-declarer-in-hexadecimal", "001093029317|NGUYEN VAN A|1987-01-18|0x0|162979388586171100|", 0, CT_REFUSAL_FORMAT, CT_KIND_QID, NULL, NULL, 0 },
  { "refuses-a-masked-qid", "001093029317|NGUYEN VAN A|1987-01-18|0|16297938858617****|", 0, CT_REFUSAL_ID, CT_KIND_QID, NULL, NULL, 0 },
  { "refuses-a-missing-qid", "001093029317|NGUYEN VAN A|1987-01-18|0||", 0, CT_REFUSAL_ID, CT_KIND_QID, NULL, NULL, 0 },
  { "refuses-a-paper-number-with-punctuation", "../../etc|NGUYEN VAN A|1987-01-18|0|162979388586171100|", 0, CT_REFUSAL_ID, CT_KIND_QID, NULL, NULL, 0 },

  { "refuses-control-characters-in-a-national-name", "001093029317|NGUYEN\x1B VAN A|1987-01-18|0|162979388586171100|", 0, CT_REFUSAL_CONTROL, CT_KIND_QID, NULL, NULL, 0 },
  { "refuses-a-paper-number-over-twenty-characters", "001093029317001093029|NGUYEN VAN A|1987-01-18|0|162979388586171100|", 0, CT_REFUSAL_ID, CT_KIND_QID, NULL, NULL, 0 },

  // Broken bytes
  { "refuses-nothing", BYTES (""), CT_REFUSAL_EMPTY, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-one-nul", BYTES ("\0"), CT_REFUSAL_EMPTY, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-white-space", " \r\n\t", 0, CT_REFUSAL_EMPTY, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-a-nul-inside-a-name", BYTES ("079090012345||An\0Thử|15081990|Nam||10052021"), CT_REFUSAL_FORMAT, CT_KIND_CCCD, NULL, NULL, 0 },
  { "refuses-garbage-after-a-nul", BYTES (CARD "\0garbage"), CT_REFUSAL_FORMAT, CT_KIND_CCCD, NULL, NULL, 0 },
  { "refuses-a-nul-in-a-field-that-is-not-kept", BYTES ("079090012345||An|15081990|Nam|Hu\0\xE1\xBA\xBF|10052021"), CT_REFUSAL_FORMAT, CT_KIND_CCCD, NULL, NULL, 0 },
  { "refuses-an-overlong-slash", "An \xC0\xAF", 0, CT_REFUSAL_ENCODING, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-a-longer-overlong-slash", "An \xE0\x80\xAF", 0, CT_REFUSAL_ENCODING, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-surrogates", "An \xED\xA0\x80", 0, CT_REFUSAL_ENCODING, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-code-points-over-the-last", "An \xF4\x90\x80\x80", 0, CT_REFUSAL_ENCODING, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-a-cut-character", "An \xE1\xBB", 0, CT_REFUSAL_ENCODING, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-little-endian-utf16", BYTES ("0\0" "7\0" "9\0" "0\0" "|\0"), CT_REFUSAL_ENCODING, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-big-endian-utf16", BYTES ("\0" "0\0" "7\0" "9\0" "0\0|"), CT_REFUSAL_ENCODING, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-utf16-with-its-mark", BYTES ("\xFF\xFE" "0\0" "7\0"), CT_REFUSAL_ENCODING, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-windows-1258", "079090012345||Nguy\xEA\xDEn V\xE3n Th\xFD\xD2|15081990|Nam||10052021", 0, CT_REFUSAL_ENCODING, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-tcvn3", "079090012345||Nguy\xD4n V\xA8n Th\xF6|15081990|Nam||10052021", 0, CT_REFUSAL_ENCODING, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-viscii", "079090012345||Nguy\xAAn V\xE5n Th\xD8|15081990|Nam||10052021", 0, CT_REFUSAL_ENCODING, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-shift-jis", "\x83\x65\x83\x58\x83\x67", 0, CT_REFUSAL_ENCODING, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-control-characters-in-unknown-text", "An\x07", 0, CT_REFUSAL_CONTROL, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-bidi-in-unknown-text", "An\xE2\x80\xAE" "exe", 0, CT_REFUSAL_CONTROL, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-group-separators-of-gs1", "0109501101530003\x1D" "3103000123", 0, CT_REFUSAL_CONTROL, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-kanji-as-unknown", "点茗", 0, CT_REFUSAL_UNKNOWN, CT_KIND_NONE, NULL, NULL, 0 },
  { "refuses-a-list-of-nothing", "||||||||||||||||||||||||||||||||", 0, CT_REFUSAL_FORMAT, CT_KIND_NONE, NULL, NULL, 0 },

  // Codes of others
  { "knows-a-vaccine-passport", "HC1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH-R6IOOK.IR9B+9D/9", 0, CT_REFUSAL_HEALTH_PASS, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-a-vaccine-passport-of-the-future", "HC2:NCFOX", 0, CT_REFUSAL_HEALTH_PASS, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-a-smart-health-card", "shc:/5676290952432060346029243740446031222959532654603460292540772804336028", 0, CT_REFUSAL_HEALTH_PASS, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-a-smart-health-link", "shlink:/eyJ1cmwiOiJ4In0", 0, CT_REFUSAL_HEALTH_PASS, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-a-visible-digital-seal", "{\"data\":{\"hdr\":{\"t\":\"icao.vacc\",\"v\":1,\"is\":\"UTO\"},\"msg\":{}},\"sig\":{}}", 0, CT_REFUSAL_HEALTH_PASS, CT_KIND_NONE, NULL, NULL, 0 },
  { "does-not-know-other-json", "{\"data\":1}", 0, CT_REFUSAL_UNKNOWN, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-an-english-poster", "UKC19TRACING:1:eyJhbGciOiJFUzI1NiJ9.e30.AA", 0, CT_REFUSAL_VENUE_POSTER, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-a-poster-of-new-zealand", "NZCOVIDTRACER:eyJnbG4iOiI3MDAwMDAwMjQzOTUwIn0", 0, CT_REFUSAL_VENUE_POSTER, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-a-backward-poster-of-new-zealand", "RECARTDIVOCZN:e30.e30.AA", 0, CT_REFUSAL_VENUE_POSTER, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-a-german-poster-in-any-case", "HTTPS://E.CORONAWARN.APP?v=1#CAESEwgB", 0, CT_REFUSAL_VENUE_POSTER, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-a-swiss-poster", "https://qr.notify-me.ch?v=4#CAQ", 0, CT_REFUSAL_VENUE_POSTER, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-a-french-poster", "https://tac.gouv.fr?v=0#AACg1iHGzO7EsAJyS0aw", 0, CT_REFUSAL_VENUE_POSTER, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-a-luca-poster", "https://app.luca-app.de/webapp/4f9d#e30/CWA1/CAES", 0, CT_REFUSAL_VENUE_POSTER, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-a-luca-guest", "AMAQ" "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 0, CT_REFUSAL_VENUE_POSTER, CT_KIND_NONE, NULL, NULL, 0 },
  { "does-not-take-a-word-of-160-letters-for-a-luca-guest", "AMAq" "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 0, CT_REFUSAL_UNKNOWN, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-a-poster-of-singapore", "https://temperaturepass.ndi-api.gov.sg/login/PROD-180000001W-83338-TEST-SE", 0, CT_REFUSAL_VENUE_POSTER, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-wifi-access", "WIFI:T:WPA;S:Nha;P:bi mat;;", 0, CT_REFUSAL_WIFI, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-a-second-factor", "otpauth://totp/An?secret=JBSWY3DPEHPK3PXP", 0, CT_REFUSAL_SECRET, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-an-enrolment-code", "TXE1:OJSW4ZLXEBUW63TFMQ", 0, CT_REFUSAL_SECRET, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-an-export-of-second-factors", "otpauth-migration://offline?data=CjEK", 0, CT_REFUSAL_SECRET, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-a-payment", "00020101021138540010A00000072701240006970436011001234567890208QRIBFTTA53037045802VN63046A15", 0, CT_REFUSAL_PAYMENT, CT_KIND_NONE, NULL, NULL, 0 },
  { "does-not-know-a-payment-with-a-wrong-checksum", "00020101021138540010A00000072701240006970436011001234567890208QRIBFTTA53037045802VN63046A16", 0, CT_REFUSAL_UNKNOWN, CT_KIND_NONE, NULL, NULL, 0 },
  { "knows-a-payment-with-a-checksum-in-lower-case", "00020101021138540010A00000072701240006970436011001234567890208QRIBFTTA53037045802VN63046a15", 0, CT_REFUSAL_PAYMENT, CT_KIND_NONE, NULL, NULL, 0 },
  { "does-not-know-a-payment-without-a-checksum", "00020101021138540010A00000072701240006970436", 0, CT_REFUSAL_UNKNOWN, CT_KIND_NONE, NULL, NULL, 0 },
  { "does-not-open-links", "https://evil.example/?x=079090012345", 0, CT_REFUSAL_LINK, CT_KIND_NONE, NULL, NULL, 0 },
  { "does-not-run-scripts", "javascript:alert(1)", 0, CT_REFUSAL_LINK, CT_KIND_NONE, NULL, NULL, 0 },
  { "does-not-open-files", "file:///etc/shadow", 0, CT_REFUSAL_LINK, CT_KIND_NONE, NULL, NULL, 0 },
  { "does-not-open-pages-without-a-scheme", "www.example.org", 0, CT_REFUSAL_LINK, CT_KIND_NONE, NULL, NULL, 0 },
  { "does-not-dial", "tel:+84901234567", 0, CT_REFUSAL_LINK, CT_KIND_NONE, NULL, NULL, 0 },
  { "does-not-know-a-path", "../../etc/passwd", 0, CT_REFUSAL_UNKNOWN, CT_KIND_NONE, NULL, NULL, 0 },
  { "does-not-take-a-word-for-a-pass", "TXT:1", 0, CT_REFUSAL_LINK, CT_KIND_NONE, NULL, NULL, 0 },
  { "does-not-know-a-bare-number", "079090012345", 0, CT_REFUSAL_UNKNOWN, CT_KIND_NONE, NULL, NULL, 0 },
  { "does-not-know-a-sentence", "Xin chào: Trạm Xanh", 0, CT_REFUSAL_UNKNOWN, CT_KIND_NONE, NULL, NULL, 0 },
};
// clang-format on

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  const struct ct_read_context context = { .now_s = NOON_2026_06_15_S, .clock_trusted = true };
  struct ct_credential credential, untouched;
  memset (&credential, 0x5A, sizeof credential);
  untouched = credential;
  enum ct_kind hint = CT_KIND_VENUE_CODE;
  gsize len = test->len;
  if (len == 0 && test->refusal != CT_REFUSAL_EMPTY)
    len = strlen (test->payload);
  g_autofree guint8 *payload = g_memdup2 (test->payload, len); // exact size, for the sanitizers

  enum ct_refusal refusal = ct_credential_read (&context, payload, len, &credential, &hint);

  g_assert_cmpstr (ct_refusal_to_string (refusal), ==, ct_refusal_to_string (test->refusal));
  g_assert_cmpstr (ct_kind_to_string (hint), ==, ct_kind_to_string (test->kind));
  if (refusal != CT_REFUSAL_NONE) {
    g_assert_cmpmem (&credential, sizeof credential, &untouched, sizeof untouched);
    return;
  }
  g_assert_cmpint (credential.kind, ==, test->kind);
  g_assert_cmpstr (credential.subject, ==, test->subject);
  g_assert_cmphex (credential.doubts, ==, test->doubts);
  g_assert_cmpint (credential.freshness, ==, CT_FRESHNESS_STATIC);
  if (test->name != NULL)
    g_assert_cmpstr (credential.name, ==, test->name);
}

static void
test_fills_birth_sex_and_issue (void)
{
  const struct ct_read_context context = { .clock_trusted = false };
  struct ct_credential credential;
  const char *card = CARD;

  g_assert_cmpint (
      ct_credential_read (&context, (const guint8 *) card, strlen (card), &credential, NULL), ==,
      CT_REFUSAL_NONE);

  g_assert_cmpint (credential.born.year, ==, 1990);
  g_assert_cmpint (credential.born.month, ==, 8);
  g_assert_cmpint (credential.born.day, ==, 15);
  g_assert_cmpint (credential.issued.year, ==, 2021);
  g_assert_cmpint (credential.issued.month, ==, 5);
  g_assert_cmpint (credential.issued.day, ==, 10);
  g_assert_cmpint (credential.sex, ==, 'M');
}

static void
test_reads_the_sex_of_a_national_code (void)
{
  static const struct {
    const char *extension;
    char sex;
  } extensions[] = {
    { "<1<00<0123232422", 'M' },
    { "<2<00<0123232422", 'F' },
    { "<0<<", 0 },
    { "", 0 },
    { "1<GD4877*******<0943******", 'M' },
    { "162979388586171100<2<<", 'F' },
  };
  const struct ct_read_context context = { .clock_trusted = false };
  for (gsize i = 0; i < G_N_ELEMENTS (extensions); i++) {
    g_autofree char *code =
        g_strconcat ("001093029317|NGUYEN VAN A|1987-01-18|0|162979388586171100|",
                     extensions[i].extension, NULL);
    struct ct_credential credential;
    g_assert_cmpint (
        ct_credential_read (&context, (const guint8 *) code, strlen (code), &credential, NULL), ==,
        CT_REFUSAL_NONE);
    g_assert_cmpint (credential.sex, ==, extensions[i].sex);
  }
}

static void
test_believes_any_birth_date_without_a_clock (void)
{
  const struct ct_read_context context = { .now_s = 86400, .clock_trusted = false };
  struct ct_credential credential;
  const char *card = CARD;
  g_assert_cmpint (
      ct_credential_read (&context, (const guint8 *) card, strlen (card), &credential, NULL), ==,
      CT_REFUSAL_NONE);
}

static void
test_bounds_the_length_of_any_code (void)
{
  const struct ct_read_context context = { .clock_trusted = false };
  struct ct_credential credential;
  g_autofree guint8 *payload = g_malloc (47 * 1024);
  memset (payload, 'x', 47 * 1024);
  g_assert_cmpint (ct_credential_read (&context, payload, CT_PAYLOAD_MAX, &credential, NULL), ==,
                   CT_REFUSAL_UNKNOWN);
  g_assert_cmpint (ct_credential_read (&context, payload, CT_PAYLOAD_MAX + 1, &credential, NULL),
                   ==, CT_REFUSAL_TOO_LONG);
  g_assert_cmpint (ct_credential_read (&context, payload, 47 * 1024, &credential, NULL), ==,
                   CT_REFUSAL_TOO_LONG);
  g_autofree char *tail = g_strnfill (600, 'x');
  g_autofree char *national = g_strconcat (NATIONAL, tail, NULL);
  g_assert_cmpint (ct_credential_read (&context, (const guint8 *) national, strlen (national),
                                       &credential, NULL),
                   ==, CT_REFUSAL_TOO_LONG);
  g_autofree char *insured = g_strconcat ("0123456789|", tail, "|", tail, "|$", NULL);
  g_assert_cmpint (
      ct_credential_read (&context, (const guint8 *) insured, strlen (insured), &credential, NULL),
      ==, CT_REFUSAL_TOO_LONG);
  memset (payload, '|', 1000);
  g_assert_cmpint (ct_credential_read (&context, payload, 1000, &credential, NULL), ==,
                   CT_REFUSAL_FORMAT);
}

static void
test_has_a_word_for_everything (void)
{
  g_autoptr (GHashTable) words = g_hash_table_new (g_str_hash, g_str_equal);
  for (int refusal = CT_REFUSAL_NONE; refusal <= CT_REFUSAL_UNKNOWN; refusal++)
    g_assert_true (
        g_hash_table_add (words, (gpointer) ct_refusal_to_string ((enum ct_refusal) refusal)));
  g_hash_table_remove_all (words);
  for (int kind = CT_KIND_NONE; kind <= CT_KIND_TAG; kind++)
    g_assert_true (g_hash_table_add (words, (gpointer) ct_kind_to_string ((enum ct_kind) kind)));
  g_hash_table_remove_all (words);
  for (int freshness = CT_FRESHNESS_STATIC; freshness <= CT_FRESHNESS_DYNAMIC; freshness++)
    g_assert_true (g_hash_table_add (
        words, (gpointer) ct_freshness_to_string ((enum ct_freshness) freshness)));
  g_hash_table_remove_all (words);
  for (int doubt = CT_DOUBT_SEX; doubt <= CT_DOUBT_NO_CLOCK; doubt *= 2)
    g_assert_true (g_hash_table_add (words, (gpointer) ct_doubt_to_string ((enum ct_doubt) doubt)));
  g_assert_cmpuint (g_hash_table_size (words), ==, 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/core/credential/", cases[i].behaviour, NULL);
    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/core/credential/fills-birth-sex-and-issue", test_fills_birth_sex_and_issue);
  g_test_add_func ("/core/credential/reads-the-sex-of-a-national-code",
                   test_reads_the_sex_of_a_national_code);
  g_test_add_func ("/core/credential/believes-any-birth-date-without-a-clock",
                   test_believes_any_birth_date_without_a_clock);
  g_test_add_func ("/core/credential/bounds-the-length-of-any-code",
                   test_bounds_the_length_of_any_code);
  g_test_add_func ("/core/credential/has-a-word-for-everything", test_has_a_word_for_everything);
  return g_test_run ();
}
