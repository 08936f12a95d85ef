#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An officer's day at the console: the real server over TLS, the real browser. Truth is what `contacts` says of the same store.

usage: test-console.py SOURCE_DIR BINARY_DIR [PICTURES]
"""

import csv
import io
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import town  # noqa: E402
from browser import Browser, DOWN, ENTER, ESCAPE, LEFT, RIGHT, SPACE, TAB, wait_until  # noqa: E402

SOURCE, BINARY = Path(sys.argv[1]), Path(sys.argv[2])
PICTURES = Path(sys.argv[3]) if len(sys.argv) > 3 else None
PROGRAM = BINARY / "kiosk/trace/tramxanh-trace"
RULES = (Path(__file__).parent / "rules.js").read_text(encoding="utf-8")
PASSWORD = "một mật khẩu dài"
good = []


def check(condition, text):
    print(("ok   " if condition else "FAIL ") + text, flush=True)
    good.append(bool(condition))


def run(*arguments, given=None):
    done = subprocess.run([PROGRAM, *arguments], input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments[0]}: {done.stderr}"
    return done.stdout


def start_server(store, folder):
    server = subprocess.Popen([PROGRAM, "serve", "--store", store, "--listen", "127.0.0.1:0", "--keys", folder / "keys"],
                              stdout=subprocess.PIPE, text=True)
    line = server.stdout.readline()
    assert line.startswith("listening on port "), line
    return server, f"https://127.0.0.1:{line.split()[3]}/"


def contacts(store, since, until, levels=3):
    text = run("contacts", "--store", store, "--subject", town.F0, "--from", str(since), "--to", str(until), "--levels", str(levels))
    return list(csv.DictReader(io.StringIO(text)))


def check_rules(browser, where):
    wait_until(lambda: browser.run("return document.getAnimations().every(a => a.playState === 'finished')"), "the page is at rest")
    problems = browser.run(RULES)
    for problem in problems[:12]:
        print("     " + problem)
    check(not problems, f"accessibility: {where}")


def shoot(browser, name, whole=False):
    if PICTURES:
        browser.shoot(PICTURES / f"{name}.png", whole)


def local(seconds):
    """As <input type=datetime-local> is typed in: Việt Nam's time."""
    import time
    return time.strftime("%Y-%m-%dT%H:%M", time.gmtime(seconds + 7 * 3600))


def set_span(browser, since, until):
    browser.run("document.getElementById('span-by-by-hand').click()")
    for name, value in (("from", since), ("to", until)):
        browser.wait_for(f"#{name}")
        browser.run("const n = document.getElementById(arguments[0]); n.value = arguments[1]; n.dispatchEvent(new Event('input'))", name, local(value))


def watch(browser):
    browser.run("window.violations = []; document.addEventListener('securitypolicyviolation', e => window.violations.push(e.violatedDirective + ' ' + e.blockedURI))")


def counts_of(browser):
    return browser.run("return [...document.querySelectorAll('.level-count')].map(n => Number(n.textContent.replace(/\\D/g, '')))")


def test_sign_in(browser, url):
    browser.open(url)
    browser.wait_for("#name")
    watch(browser)
    check(browser.run("return document.documentElement.lang") == "vi", "the page is Vietnamese first")
    check_rules(browser, "sign in")
    shoot(browser, "sign-in")
    browser.type("#name", "lan")
    browser.type("#password", "không phải mật khẩu")
    browser.click("form button")
    wait_until(lambda: "không đúng" in browser.text(".message"), "a wrong password is told")
    check_rules(browser, "sign in, refused")
    browser.type("#password", PASSWORD)
    browser.click("form button")
    browser.wait_for("#case-id")
    check(browser.run("return document.cookie") == "", "no script sees the cookie")
    check(browser.run("return Object.keys(localStorage).length") == 0, "nothing is kept in the browser")


def test_cases(browser):
    check("Chưa có hồ sơ nào" in browser.text("main"), "no case yet, and it says so")
    check_rules(browser, "no case")
    shoot(browser, "cases-empty")
    browser.type("#case-id", "không dấu!")
    browser.click("form button")
    check(browser.run("return !document.querySelector('#case-id').checkValidity()"), "a case number with other letters is refused")
    browser.type("#case-id", "HN-2026-0142")
    browser.click("form button")
    browser.wait_for("#subject")
    check("HN-2026-0142" in browser.text("h1"), "a case is opened")
    check_rules(browser, "a case without an answer")
    shoot(browser, "case-empty")


def test_other_ways(browser, folder):
    """By a code, and by published keys: of nobody that a kiosk has seen."""
    browser.run("document.getElementById('f0-by-code').click()")
    browser.type("#code", "https://example.com")
    browser.click("#run")
    wait_until(lambda: "không phải mã cá nhân" in browser.text("#status"), "a code of another kind is told")
    browser.type("#code", "034303000017||Trần Thị Kiểm|21032003|Nữ|Thôn Đông, An Quý, Quỳnh Phụ, Thái Bình|14082021")
    browser.click("#run")
    wait_until(lambda: "Không trạm nào" in browser.text("#status"), "a card is read")
    browser.run("document.getElementById('f0-by-bluezone').click()")
    for text, said in (("{}", "Không đọc được tệp"),
                       (json.dumps({"data": [{"daily_key": "00" * 32, "time_start": town.start_of_week() // 86400 * 86400, "max": 96,
                                              "time_end": town.start_of_week() // 86400 * 86400 + 86399}]}), "Không trạm nào")):
        keys = folder / f"keys-{len(text)}.json"
        keys.write_text(text, encoding="utf-8")
        browser.upload("#bluezone", keys)
        browser.click("#run")
        wait_until(lambda s=said: s in browser.text("#status"), said)
    check(True, "codes and published keys are read")
    browser.run("document.getElementById('f0-by-subject').click()")


def test_search(browser, expected, since, until, folder):
    browser.click("#run")
    wait_until(lambda: "F0" in browser.text("#question-message"), "F0 is asked for")
    browser.type("#subject", "not-hexadecimal")
    browser.click("#run")
    wait_until(lambda: "32" in browser.text("#question-message"), "a wrong subject is told")
    browser.type("#subject", "f" * 32)
    set_span(browser, since, until)
    browser.click("#run")
    wait_until(lambda: "Không trạm nào" in browser.text("#status"), "an unknown F0 is told")
    test_other_ways(browser, folder)
    browser.type("#subject", town.F0)
    browser.click("#run")
    wait_until(lambda: "Xong" in browser.text("#status"), "the search ends")
    levels = [sum(row["level"] == str(n) for row in expected) for n in (1, 2, 3)]
    wait_until(lambda: counts_of(browser) == levels, f"levels {levels}, not {counts_of(browser)}")
    check(levels[0] > 3 and levels[1] > 10 and levels[2] > 10, f"the levels are as `contacts` has them: {levels}")
    wait_until(lambda: f"{len(expected):n} trong" in browser.text("#shown").replace(".", ""), "all rows are there")
    body = browser.run("return document.documentElement.outerHTML")
    check(town.BA not in body and not any(row["subject"] in body for row in expected), "nobody is named in full")
    check(f"{town.BA[:4]}…{town.BA[-4:]}" in browser.text("table"), "Ba is in the table")
    check(browser.run("return new Date(0).getTimezoneOffset()") == 300, "the browser is elsewhere")
    day, clock = local(int(expected[0]["exposed_at"])).split("T")
    check(f"{clock} {day[8:]}/{day[5:7]}" in browser.text("table"), "times are those of Việt Nam")
    check("+07:00" in browser.text("footer"), "and it is said")
    check_rules(browser, "the list")
    shoot(browser, "list")


def changes_shown(browser):
    """Subject as it is shown → "before → after"."""
    return dict(browser.run("return [...document.querySelectorAll('.changes tbody tr')].map(row => [...row.children].map(cell => cell.textContent))"))


def check_changes(browser, wanted, arrow, what):
    """Whose level changed: of all in @wanted, from nothing or to nothing."""
    wait_until(lambda: f"{len(wanted)} người đổi mức" in browser.text("#changes-status").replace(".", ""), f"{what}: it is said how many levels changed")
    shown = {f"{subject[:4]}…{subject[-4:]}": arrow.format(f"F{level}") for subject, level in wanted.items()}
    check(len(shown) == len(wanted) and changes_shown(browser) == shown, f"{what}: whose level changed, and how")


def test_adds_to_the_case(browser, expected, store):
    """Whom she searched for is in the case when she says so, with who follows from it."""
    check("Chưa có F0 nào" in browser.text(".index-cases"), "a search alone puts nobody into the case")
    check(len(run("case", "levels", "--case", "HN-2026-0142", "--store", store).splitlines()) == 1, "the case has nobody yet")
    browser.run("document.getElementById('run').focus()")
    tab_to(browser, "add-f0")
    shoot(browser, "add-f0")
    browser.press(ENTER)
    browser.wait_for("#added")
    check("nhãn F0-1" in browser.text("#added") and "F0-1" in browser.text(".index-cases"), "it is said what the F0 is called in the case")
    check(browser.run("return document.activeElement.id") == "added", "the focus is where the button was")
    check(town.F0 not in browser.run("return document.documentElement.outerHTML"), "nor is the F0 named in full")
    check_rules(browser, "an F0 of the case")
    shoot(browser, "added-f0")

    def contacts_of_case():
        levels = csv.DictReader(io.StringIO(run("case", "levels", "--case", "HN-2026-0142", "--store", store)))
        return {row["subject"]: row["level"] for row in levels}
    wanted = {row["subject"]: row["level"] for row in expected} | {town.F0: "0"}
    wait_until(lambda: contacts_of_case() == wanted, "the case has the contacts that were found")
    check(True, f"the case has its F0 and {len(wanted) - 1} contacts")
    check_changes(browser, wanted, "— → {}", "added")
    browser.run("window.said = []; new MutationObserver(() => window.said.push(document.getElementById('changes-status').textContent))"
                ".observe(document.getElementById('changes-status'), {childList: true})")
    withdraw_by_keyboard(browser)
    wait_until(lambda: contacts_of_case() == {}, "nobody is left in the case")
    check_changes(browser, wanted, "{} → —", "withdrawn")
    check(browser.run("return window.said[0]").startswith("Đang tính lại"), "until then it is said that the case is being computed")
    browser.click(".changes summary")
    check_rules(browser, "whose level changed")
    shoot(browser, "changes")
    browser.click("#add-f0")
    wait_until(lambda: "F0-2" in browser.text(".index-cases") and "Đã rút" not in browser.text(".index-cases"), "she adds the F0 again, under another label")
    wait_until(lambda: contacts_of_case() == wanted, "and all are back")
    check_changes(browser, wanted, "— → {}", "added by pointer")
    check(browser.focused() == "added", "the focus is on what was done")


def withdraw_by_keyboard(browser):
    tab_to(browser, "withdraw-F0-1", shift=True)
    browser.press(ENTER)
    wait_until(lambda: browser.focused() == "withdraw-reason", "a reason is asked for")
    browser.press(ESCAPE)
    wait_until(lambda: browser.focused() == "withdraw-F0-1", "she thinks again")
    browser.press(ENTER)
    wait_until(lambda: browser.focused() == "withdraw-reason", "and again")
    check_rules(browser, "why an F0 is withdrawn")
    shoot(browser, "withdraw-f0")
    browser.press(*"xet nghiem nham", ENTER)
    wait_until(lambda: browser.focused() == "withdrawn", "the focus is on what was done")
    check("Đã rút F0-1" in browser.text("#withdrawn") and "Chưa có F0 nào" in browser.text(".index-cases"), "the F0 is withdrawn")
    check(browser.run("return !!document.getElementById('add-f0')"), "and can be added again")


def rows_shown(browser):
    return int(browser.text("#shown").replace(".", "").replace(",", "").split()[0])


def test_filters(browser, expected):
    browser.click("#level-2")
    browser.click("#level-3")
    check(rows_shown(browser) == sum(row["level"] == "1" for row in expected), "only F1")
    browser.choose("#filter-venue", "Quán phở Cô Ba")
    here = [row for row in expected if row["level"] == "1" and row["venue"] == "Quán phở Cô Ba"]
    check(rows_shown(browser) == len(here), "only one venue's F1")
    browser.type("#filter-minutes", "30")
    check(rows_shown(browser) == sum(int(row["overlap_s"]) >= 1800 for row in here), "only of 30 minutes and more")
    browser.click("#filter-clear")
    check(rows_shown(browser) == len(expected), "all again")
    browser.choose("#filter-staff", "only")
    n_staff = rows_shown(browser)
    browser.choose("#filter-staff", "without")
    check(0 < n_staff and rows_shown(browser) + n_staff == len(expected), "staff and others are everybody")
    browser.click("#filter-clear")
    browser.click("#sort-minutes")
    minutes = browser.run("return [...document.querySelectorAll('table.contacts tbody td.number')].map(n => Number(n.textContent))")
    check(minutes == sorted(minutes, reverse=True) and len(minutes) == 100, "sorted by minutes, a hundred at first")
    check(browser.run("return document.querySelector('#sort-minutes').parentElement.getAttribute('aria-sort')") == "ascending", "the sorting is told")
    browser.click("#show-more")
    check(browser.run("return document.querySelectorAll('table.contacts tbody tr').length") == min(200, len(expected)), "a hundred more")
    browser.click("#sort-level")


def row_id(browser, subject):
    short = f"{subject[:4]}…{subject[-4:]}"
    return browser.run("return [...document.querySelectorAll('.contacts .link')].find(n => n.textContent === arguments[0])?.id", short)


def test_explanation(browser, store):
    browser.choose("#filter-venue", "Nhà văn hoá phường")
    browser.click("#" + row_id(browser, town.CHI))
    browser.wait_for("#whole-subject")
    check(browser.text("#whole-subject") == town.CHI, "Chi is named in full")
    said = browser.text("dialog")
    check("F2" in said and "F1" in said and "60 phút" in said and "Nhà văn hoá phường" in said and "Quán phở Cô Ba" in said,
          "the explanation has both steps")
    check(f"k{town.VENUES.index('Nhà văn hoá phường') + 1} #" in said, "the kiosk's records are told")
    check_rules(browser, "the explanation")
    shoot(browser, "explanation")
    browser.press(ESCAPE)
    wait_until(lambda: not browser.run("return document.querySelector('dialog')"), "Escape closes it")
    check(browser.focused() == row_id(browser, town.CHI), "the focus is back where it was")
    check(town.CHI in run("audit", "list", "--store", store), "the look is in the audit log")
    browser.click("#filter-clear")


def test_views(browser):
    for name, selector in (("timeline", "svg.timeline .band"), ("graph", "svg.graph .edge"), ("path", ".path li"), ("summary", "meter")):
        browser.click(f"#tab-{name}")
        browser.wait_for(selector)
        check_rules(browser, name)
        shoot(browser, name)
    check(browser.run("return [...document.querySelectorAll('.summaries tbody')].map(b => [...b.querySelectorAll('strong')].reduce((s, n) => s + Number(n.textContent.replace(/\\D/g, '')), 0))")
          == [sum(counts_of(browser))] * 2, "the summaries add up")
    browser.click("#tab-path")
    check(len(browser.run("return [...document.querySelectorAll('.path li')].map(n => n.innerText)")) == 6, "F0 was at six places")
    browser.click("#tab-timeline")
    browser.wait_for("svg.timeline")
    axis = "return [...document.querySelectorAll('svg.timeline .axis')].map(n => n.textContent).join()"
    before = browser.run(axis)
    browser.run("document.querySelector('svg.timeline').focus()")
    browser.press("+", "+", RIGHT)
    check(browser.run(axis) != before, "keys zoom the timeline")
    shoot(browser, "timeline-zoomed")
    browser.press("0")
    check(browser.run(axis) == before, "and show all of it again")
    browser.click("#tab-list")


def test_language(browser):
    browser.click("#language")
    wait_until(lambda: "Index case (F0)" in browser.text("main"), "the page speaks English")
    check(browser.run("return document.documentElement.lang") == "en", "and says so")
    check(browser.run("return document.querySelector('#subject').value") == town.F0, "what was typed is still there")
    check(browser.focused() == "language", "the focus stays")
    check_rules(browser, "in English")
    shoot(browser, "list-en")
    browser.click("#language")
    wait_until(lambda: "Ca bệnh F0" in browser.text("main"), "the page speaks Vietnamese again")


def test_export(browser, downloads, expected, store):
    browser.click("#export-csv")
    saved = wait_until(lambda: list(downloads.glob("*.csv")), "a file is saved")[0]
    wait_until(lambda: saved.read_text(encoding="utf-8").count("\n") == len(expected) + 1, "all of it")
    rows = list(csv.DictReader(io.StringIO(saved.read_text(encoding="utf-8"))))
    check(rows == expected, "the file is what `contacts` writes")
    check(f"{len(expected)} contacts as csv" in run("audit", "list", "--store", store), "the export is in the audit log")
    for ending in ("json", "dot"):
        browser.click(f"#export-{ending}")
        wait_until(lambda e=ending: list(downloads.glob(f"*.{e}")), f"a {ending} file is saved")


def tab_to(browser, wanted, shift=False):
    for _ in range(80):
        if browser.focused() == wanted:
            style = browser.run("const n = document.activeElement; const s = getComputedStyle(n.matches('[type=radio]') ? n.nextElementSibling : n); return [s.outlineStyle, parseFloat(s.outlineWidth)]")
            if style[0] == "none" or style[1] < 2:
                check(False, f"the focus on {wanted} is seen")
            return
        browser.press(TAB, shift=shift)
    raise AssertionError(f"Tab does not reach {wanted}; it is at {browser.focused()}")


def test_keyboard_only(browser, url, expected, since, until):
    """From signing in to signing out without a pointer."""
    browser.open(url + "?keys")
    browser.wait_for("#name")
    wait_until(lambda: browser.focused() == "name", "the name has the focus")
    browser.press(*"lan", TAB, *PASSWORD, ENTER)
    browser.wait_for("#case-id")
    tab_to(browser, "case-id")
    browser.press(*"HN-2026-0143", ENTER)
    browser.wait_for("#subject")
    tab_to(browser, "subject")
    browser.press(*town.F0)
    tab_to(browser, "span-by-by-day")
    browser.press(RIGHT)
    wait_until(lambda: browser.focused() == "span-by-by-hand", "an arrow chooses")
    set_span(browser, since, until)  # how a date is typed is the browser's own
    tab_to(browser, "run")
    browser.press(ENTER)
    wait_until(lambda: "Xong" in browser.text("#status"), "the search ends")
    wait_until(lambda: sum(counts_of(browser)) == len(expected), "all levels")
    tab_to(browser, "level-3")
    browser.press(SPACE)
    wait_until(lambda: browser.run("return document.querySelector('#level-3').getAttribute('aria-pressed')") == "false", "F3 is hidden")
    tab_to(browser, "tab-list")
    browser.press(RIGHT)
    wait_until(lambda: browser.focused() == "tab-timeline", "an arrow turns the tab")
    browser.press(LEFT)
    wait_until(lambda: browser.focused() == "tab-list", "and back")
    tab_to(browser, "filter-staff")
    browser.press(DOWN)
    tab_to(browser, "row-0") if browser.run("return !!document.getElementById('row-0')") else tab_to(browser, browser.run("return document.querySelector('.contacts .link').id"))
    browser.press(ENTER)
    browser.wait_for("#whole-subject")
    check(browser.run("return document.querySelector('dialog').contains(document.activeElement)"), "the focus is within the explanation")
    browser.press(ESCAPE)
    tab_to(browser, "sign-out", shift=True)
    browser.press(ENTER)
    browser.wait_for("#name")
    check("đã đăng xuất" in browser.text("main"), "a whole pass by keyboard alone")
    check(town.F0 not in browser.run("return document.documentElement.outerHTML"), "nothing stays behind")


def test_offline(browser):
    browser.type("#name", "lan")
    browser.type("#password", PASSWORD)
    browser.click("form button")
    browser.wait_for(".case")
    browser.set_offline(True)
    browser.run("location.hash = '#/case/HN-2026-0142'")
    browser.wait_for("#offline")
    check("Mất kết nối" in browser.text("#offline"), "without a line it says so")
    check_rules(browser, "offline")
    shoot(browser, "offline")
    browser.set_offline(False)
    browser.run("location.hash = '#/'")
    browser.wait_for(".case")
    check(browser.run("return document.getElementById('offline').hidden"), "and when it is back")
    shoot(browser, "cases")


def test_admin(browser):
    browser.click("#sign-out")
    browser.type("#name", "quan-tri")
    browser.type("#password", PASSWORD)
    browser.click("form button")
    browser.wait_for("#case-id")
    check(len(browser.run("return [...document.querySelectorAll('.case')].map(n => n.id)")) == 2, "an administrator sees every case")
    browser.run("location.hash = '#/audit'")
    browser.wait_for("table")
    said = browser.text("table")
    check(all(word in said for word in ("sign-in", "search", "case-add", "case-withdraw", "explain", "export", "HN-2026-0142", "lan", town.F0)), "the audit log has it all")
    check_rules(browser, "the audit log")
    shoot(browser, "audit")
    browser.run("location.hash = '#/account'")
    browser.wait_for("#fresh")
    check_rules(browser, "the account")


def test_sizes(browser, since, until):
    browser.click(".case[href='#/case/HN-2026-0142']")
    wait_until(lambda: "người đổi mức" in browser.text("#changes-status"), "whoever opens the case anew is told whose level changed")
    browser.type("#subject", town.F0)
    set_span(browser, since, until)
    browser.click("#run")
    wait_until(lambda: "Xong" in browser.text("#status"), "the search ends")
    browser.wait_for(".contacts .link")
    for name, scheme, width, height, phone in (("desktop-light", "light", 1440, 900, False), ("desktop-dark", "dark", 1440, 900, False),
                                               ("small-light", "light", 1024, 768, False), ("phone-light", "light", 390, 844, True),
                                               ("phone-dark", "dark", 390, 844, True)):
        browser.emulate(scheme, width, height, phone)
        for tab in ("summary", "graph", "timeline", "list"):
            browser.click(f"#tab-{tab}")
            check_rules(browser, f"{tab}, {name}")
            browser.run("(document.documentElement.clientWidth < 861 ? document.querySelector('.run') : document.body).scrollIntoView()")
            shoot(browser, f"{tab}-{name}")
        browser.click(".changes summary")
        check_rules(browser, f"whose level changed, {name}")
        browser.run("document.body.scrollIntoView()")
        shoot(browser, f"changes-{name}")
        browser.click(".changes summary")


FAKE_CHANGES = """
  const ask = window.fetch, set = window.setTimeout, clear = window.clearTimeout;
  window.waits = new Map();
  window.fetch = (path, options) => path.endsWith('/changes')
    ? Promise.resolve(new Response(JSON.stringify(window.fake.body), {status: window.fake.status})) : ask(path, options);
  window.setTimeout = (run, ms) => {
    const id = set(() => { window.waits.delete(id); run(); }, ms);
    window.waits.set(id, ms);
    return id;
  };
  window.clearTimeout = id => { window.waits.delete(id); clear(id); };
"""


def test_changes_told(browser):
    """What the core says of a computation, and when the page asks again."""
    def answer(body, status=200):
        browser.run("window.fake = {body: arguments[0], status: arguments[1]}", body, status)

    def leave_and_open():
        browser.run("location.hash = '#/account'")
        browser.wait_for("#fresh")
        browser.run("location.hash = '#/case/HN-2026-0142'")
        browser.wait_for("#subject")

    def waits_for(ms):
        return browser.run("return [...window.waits.values()].includes(arguments[0])", ms)

    browser.run(FAKE_CHANGES)
    answer({"error": "wait", "wait_s": 7}, 429)
    leave_and_open()
    wait_until(lambda: waits_for(7000), "refused, the page waits as long as it was told")
    answer({"state": "computing", "n": 0, "changes": []})
    leave_and_open()
    wait_until(lambda: browser.text("#changes-status") == "Đang tính lại hồ sơ…" and waits_for(400), "the page asks again while the case is computed")
    check(not waits_for(7000), "and not for what it left")
    browser.run("location.hash = '#/account'")
    browser.wait_for("#fresh")
    check(not waits_for(400), "whoever left the page does not ask")
    leave_and_open()
    answer({"state": "done", "n": 1500, "changes": [{"subject": "4567…89ab", "after": 0}, {"subject": "0123…cdef", "before": 2, "after": 1}]})
    wait_until(lambda: "1.500 người" in browser.text("#changes-status"), "it is told when it is done")
    browser.click(".changes summary")
    check(list(changes_shown(browser).items()) == [("4567…89ab", "— → F0"), ("0123…cdef", "F2 → F1")], "they come as the core has them")
    check("2 trong 1.500" in browser.text(".changes"), "what was cut is said")
    check_rules(browser, "whose level changed, cut")
    check(not waits_for(400), "then nobody asks")
    for state, said in (("done", "không ai đổi mức"), ("failed", "Không tính lại được")):
        answer({"state": state, "n": 0, "changes": []})
        leave_and_open()
        wait_until(lambda s=said: s in browser.text("#changes-status"), said)
        check_rules(browser, said)


def test_what_it_logged(browser):
    violations = browser.run("return window.violations ?? []")
    errors = [line["message"] for line in browser.logs() if line["level"] == "SEVERE"]
    # The refusals that were asked for are in the browser's log as failed loads.
    errors = [e for e in errors if "Failed to load resource" not in e]
    for problem in violations + errors:
        print("     " + problem)
    check(not violations and not errors, "no violation of the policy, no error in the log")


def main():
    if not shutil.which("chromedriver") or not shutil.which("chromium"):
        print("chromium or chromedriver is not installed: skipped")
        return 77
    if PICTURES:
        PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store, downloads = f"sqlite:{folder / 'core.db'}", folder / "downloads"
        downloads.mkdir()
        town.write_town(folder / "town.csv")
        run("import", "--store", store, folder / "town.csv")
        run("officer", "add", "lan", "--store", store, given=PASSWORD + "\n")
        run("officer", "add", "quan-tri", "--role", "admin", "--store", store, given=PASSWORD + "\n")
        since = town.start_of_week()
        until = since + 5 * town.DAY_S
        expected = contacts(store, since, until)
        server, url = start_server(store, folder)
        browser = None
        try:
            browser = Browser(folder / "profile", downloads=downloads, zone="America/New_York")
            test_sign_in(browser, url)
            test_cases(browser)
            test_search(browser, expected, since, until, folder)
            test_adds_to_the_case(browser, expected, store)
            test_filters(browser, expected)
            test_explanation(browser, store)
            test_views(browser)
            test_language(browser)
            test_export(browser, downloads, expected, store)
            test_what_it_logged(browser)
            browser.click("#sign-out")
            browser.wait_for("#name")
            test_keyboard_only(browser, url, expected, since, until)
            test_offline(browser)
            test_sizes(browser, since, until)
            browser.emulate("light", 1280, 900)
            test_changes_told(browser)
            test_admin(browser)
        except AssertionError:
            if browser:
                print("\n".join(line["message"] for line in browser.logs()), browser.text("body"), sep="\n")
                shoot(browser, "failed")
            raise
        finally:
            if browser:
                browser.close()
            server.send_signal(signal.SIGTERM)
            check(server.wait(20) == 0, "the server ends when it is told")
        run("audit", "verify", "--store", store)
    return 0 if all(good) else 1


sys.exit(main())
