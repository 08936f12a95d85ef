#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo day, end to end: real decoder, entrance, journal and screens. Truth is the script, not the program.

usage: test-demo-day.py SOURCE_DIR BINARY_DIR
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE, BINARY = Path(sys.argv[1]), Path(sys.argv[2])
SCRIPT = (SOURCE / "assets/demo/morning.txt").read_text(encoding="utf-8")
# What a person who reads the script would count.
EXPECTED = {"checkins": 8, "checkouts": 3, "notices": 2, "refused": 4}


def count_windows():
    """One for every five minutes that the script goes through."""
    times = re.findall(r"^(\d\d):(\d\d) ", SCRIPT, re.M)
    return len({(int(hour) * 60 + int(minute)) // 5 for hour, minute in times})


def read_visits():
    """Who was inside from when to when, in minutes, by what somebody who reads the script understands."""
    visits, is_leaving = {}, False
    for hour, minute, verb, rest in re.findall(r"^(\d\d):(\d\d) (\S+) (.*)$", SCRIPT, re.M):
        now, payload = int(hour) * 60 + int(minute), rest.split(" ", 1)[-1]
        if verb == "press":
            is_leaving = rest == "leaving"
        if verb != "show" or payload.startswith(("http", "0002", "WIFI")) or "|31021990|" in payload:
            continue
        who = payload.split("|")[0] if "|" in payload else "card"
        if is_leaving and who in visits:
            visits[who] = (visits[who][0], now)
        elif not is_leaving:
            visits.setdefault(who, (now, now + 16 * 60))
        is_leaving = False
    return visits


def find_contacts():
    """How many met the first visitor for a quarter of an hour, and then those, and then those; never backwards in time."""
    visits = read_visits()
    known, level, counts = {next(iter(visits)): 0}, dict.fromkeys([next(iter(visits))], 0), {}
    for number in ("1", "2", "3"):
        found = {}
        for a, exposed in level.items():
            for b, (arrived, left) in visits.items():
                met = max(arrived, visits[a][0], exposed)
                if b not in known and min(left, visits[a][1]) - met >= 15:
                    found[b] = min(found.get(b, met + 15), met + 15)
        known.update(found)
        level, counts[number] = found, len(found)
    return counts


def personal_words():
    """Every name and number in the script that must never be readable anywhere, in each form it could hide in."""
    words = set()
    for line in SCRIPT.splitlines():
        if " show " not in line or "http" in line:
            continue
        payload = line.split(" show ", 1)[1].split(" ", 1)[1]
        for field in re.split(r"[|;:]|\\n", payload):
            field = field.strip()
            if re.fullmatch(r"\d{9,18}", field) or (" " in field and len(field) > 8) or "mau-thu" in field:
                words.add(field)
            if re.fullmatch(r"([0-9a-fA-F]{2}){8,}", field):
                words.add(bytes.fromhex(field).decode("utf-8", "ignore"))
    return words


def forms(word):
    raw = word.encode()
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    yield word.encode("utf-16-le")


def check(condition, text):
    print(("ok   " if condition else "FAIL ") + text)
    return bool(condition)


def main():
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder, "state")
        run = subprocess.run(
            [SOURCE / "image/headless", BINARY / "kiosk/tramxanh", "--demo", "--quit-after-demo", "--state", state],
            capture_output=True, timeout=890, check=False, env={**os.environ, "G_MESSAGES_DEBUG": "all", "G_DEBUG": ""})
        if run.returncode == 77:
            print(run.stderr.decode(errors="replace"))
            return 77
        lines = run.stdout.decode().splitlines()
        if not check(run.returncode == 0 and lines, f"the demo ends with 0 (got {run.returncode})"):
            print(run.stderr.decode(errors="replace")[-4000:])
            return 1
        answer = json.loads(lines[-1])
        print(answer)
        good = [check(answer.get(key) == count, f"{key} is {count}") for key, count in EXPECTED.items()]
        good.append(check(answer.get("windows") == count_windows(), f"windows is {count_windows()}"))
        good.append(check(answer["journal"] == "verified", "the journal verifies"))
        good.append(check(answer.get("fed", 0) > 40, "the core has the journal"))
        contacts = find_contacts()
        good.append(check(min(contacts.values()) > 0, "the script has three levels"))
        good.append(check(answer.get("contacts") == contacts, f"who met the first visitor: {contacts}"))

        pictures = sorted(Path(answer["screenshots"]).glob("*.png"))
        good.append(check(len(pictures) >= 15, f"{len(pictures)} screenshots"))
        for word in ("enrol", "joined", "waiting", "green", "amber", "red", "no-code", "leaving", "out-of-service"):
            good.append(check(any(word in p.name for p in pictures), f"a screenshot of {word}"))
        good.append(check(all(p.stat().st_size > 10_000 for p in pictures), "no screenshot is empty"))

        kept = [p for p in state.rglob("*") if p.is_file() and p.suffix != ".png"]
        good.append(check(any(p.suffix == ".db" for p in kept), "a journal was kept"))
        places = [("the log", run.stderr + run.stdout)] + [(str(p.relative_to(state)), p.read_bytes()) for p in kept]
        words = personal_words()
        good.append(check(len(words) > 12, f"{len(words)} personal words are searched for"))
        for place, content in places:
            hits = [w for w in words if any(form in content for form in forms(w))]
            good.append(check(not hits, f"nothing personal in {place}" + (f": {len(hits)} words" if hits else "")))
        verify = subprocess.run([BINARY / "kiosk/ctl/tramxanhctl", "journal", "--state", state, "verify"], check=False,
                                capture_output=True)
        good.append(check(verify.returncode == 0, "tramxanhctl journal verify agrees"))
        return 0 if all(good) else 1


sys.exit(main())
