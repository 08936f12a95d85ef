#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the tree that no compiler checks: sizes, directions between layers, banned calls, who may light green."""

import re
import subprocess
import sys
from pathlib import Path

FILE_LINES, FUNCTION_LINES, UI_LINES = 600, 80, 200

# layer: what its files may include of the tree, and of the world outside the C library.
OWN = {
    "kiosk/core": ["kiosk/core"],
    "kiosk/journal": ["kiosk/journal", "kiosk/core"],
    "kiosk/entrance": ["kiosk/entrance", "kiosk/journal", "kiosk/core", "hw"],
    "kiosk/ui": ["kiosk/ui", "kiosk/entrance"],
    "kiosk/demo": ["kiosk/demo", "kiosk/entrance", "hw"],
    "kiosk/ctl": ["kiosk/ctl", "kiosk/feed", "kiosk/journal", "kiosk/core", "hw", "kiosk/kiosk-config.h", "kiosk/kiosk-panel.h",
                  "kiosk/kiosk-printer.h", "kiosk/kiosk-radio.h", "kiosk/kiosk-wedge.h"],
    "kiosk/feed": ["kiosk/feed", "kiosk/journal", "kiosk/core"],
    # What kiosk and core have in common: the form of a record, and of what goes over the wire.
    "kiosk/trace": ["kiosk/trace", "kiosk/core", "kiosk/journal/journal-record.h", "kiosk/journal/journal-chain.h",
                    "kiosk/journal/journal-seal.h", "kiosk/journal/journal-presence.h", "kiosk/feed/feed-wire.h"],
    "hw": ["hw", "kiosk/core/ct-advert.h", "kiosk/core/ct-radio-log.h", "kiosk/core/ct-btsnoop.h"],
}
WORLD = {
    "kiosk/core": r"cbor\.h",
    "kiosk/journal": r"g(lib|io)(/|\.h|-object\.h|-unix\.h)|gio/|sqlite3\.h|sodium\.h|cbor\.h",
    "kiosk/entrance": r"g(lib|io)(/|\.h|-object\.h|-unix\.h)|gio/|sodium\.h",
    "kiosk/ui": r"gtk/|g(lib|io)(/|\.h|-object\.h)",
    "kiosk/demo": r"g(lib|io)(/|\.h|-object\.h)|gio/|cairo\.h|pango/|qrencode\.h|sodium\.h",
    "kiosk/ctl": r"g(lib|io)(/|\.h|-object\.h|-unix\.h)|gio/|gdk-pixbuf/|gst/|sodium\.h",
    "kiosk/feed": r"g(lib|io)(/|\.h|-object\.h|-unix\.h)|gio/|cbor\.h|curl/|sodium\.h|zstd\.h",
    "kiosk/trace": r"g(lib|io)(/|\.h|-object\.h|-unix\.h)|gio/|sqlite3\.h|libpq-fe\.h|microhttpd\.h|gnutls/|json-glib/|sodium\.h|zlib\.h|zstd\.h|qrencode\.h",
    "hw": r"g(lib|io)(/|\.h|-object\.h|-unix\.h)|gio/|gst/|cairo\.h|pango/|qrencode\.h|linux/|zbar\.h|gpiod\.h|systemd/|ZXing/|BarcodeFormat|ReadBarcode",
}
LIBC = {f"{name}.h" for name in """assert ctype errno fcntl float inttypes limits locale math poll pthread sched signal stdarg stdbool
    stddef iconv stdint stdio stdlib string strings termios time unistd""".split()} | {"algorithm", "cstdint", "cstring", "exception", "string", "type_traits", "vector"}
# A third party's types stop in one file each.
ONE_FILE = {"sqlite3.h": r"kiosk/(journal/journal-(db(-open|-private)?|vfs|verify)|trace/trace-db-sqlite)\.[ch]", "zbar.h": r"hw/hw-qr-[a-z]+\.c",
            "gpiod.h": r"hw/hw-(gpio-lines\.c|panel-(gpio\.c|chip\.[ch]))", "systemd/sd-daemon.h": r"hw/hw-watchdog\.c", "pango/pangocairo.h": r"(hw/hw-slip|kiosk/demo/.*)\.c",
            "qrencode.h": r"(hw/hw-slip|kiosk/demo/.*|kiosk/trace/trace-command-enroll)\.c", "curl/curl.h": r"kiosk/feed/feed-transfer\.c",
            "libpq-fe.h": r"kiosk/trace/trace-db-postgres\.c", "microhttpd.h": r"kiosk/trace/trace-server\.c", "gnutls/gnutls.h": r"kiosk/trace/trace-certificate\.c"}
BANNED = (r"\b(strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|sleep|usleep|system|popen|g_error|abort|getenv|g_getenv"
          r"|gtk_label_set_markup|g_application_get_default|sqlite3_exec_any)\s*\(")
WITHIN_GLIB = r"\b(printf|fprintf|puts|g_print|g_printerr)\s*\("  # only programs that talk on a terminal
GREEN = r"\bHW_LAMP_GREEN\b|\bHW_CHIME_ACCEPTED\b"
GREEN_ALLOWED = r"hw/hw-(panel|speaker)[a-z-]*\.[ch]|kiosk/entrance/entrance-signal\.c"
TONE_GREEN = r"=\s*ENTRANCE_TONE_GREEN\b(?!\s*[;)]?\s*\?)"
TONE_ALLOWED = r"kiosk/entrance/entrance-view\.[ch]"

problems = []


def complain(path, line, text):
    problems.append(f"{path}:{line}: {text}")


def strip_comments(text):
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0)) if match.group(0)[0] == "/" else match.group(0)
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S)


def layer_of(path):
    return next((layer for layer in sorted(OWN, key=len, reverse=True) if path.startswith(layer + "/")), None)


def check_includes(path, code):
    layer = layer_of(path)
    for match in re.finditer(r'^#include\s+([<"])([^>"]+)[>"]', code, re.M):
        line, kind, name = code.count("\n", 0, match.start()) + 1, match.group(1), match.group(2)
        for header, where in ONE_FILE.items():
            if name == header and not re.fullmatch(where, path):
                complain(path, line, f"{header} is not included here")
        if layer is None:
            continue
        if kind == '"' and not any(name == own or name.startswith(own + "/") for own in OWN[layer]):
            complain(path, line, f"{layer} does not include {name}")
        if kind == "<" and not re.match(WORLD[layer], name) and not is_libc(name):
            complain(path, line, f"{layer} does not include <{name}>")


def is_libc(name):
    return name in LIBC or name.startswith("sys/")


def check_functions(path, code):
    start = None
    for number, line in enumerate(code.split("\n"), 1):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            if number - start - 1 > FUNCTION_LINES:
                complain(path, start, f"a function of {number - start - 1} lines, {FUNCTION_LINES} is the limit")
            start = None


def check_calls(path, code):
    for number, line in enumerate(code.split("\n"), 1):
        if match := re.search(BANNED, line):
            complain(path, number, f"{match.group(1)} is not called here")
        if not re.match(r"kiosk/(ctl/|main\.c|kiosk-demo\.c|trace/trace-(command-[a-z]+|options|main)\.c)", path) and (match := re.search(WITHIN_GLIB, line)):
            complain(path, number, f"{match.group(1)} is not called here")
        if re.match(r"\s*#\s*(if|ifdef|ifndef|elif)\b", line):
            complain(path, number, "a preprocessor condition in product code")
        if re.search(GREEN, line) and not re.fullmatch(GREEN_ALLOWED, path):
            complain(path, number, "green is lit in kiosk/entrance/entrance-signal.c only")
        if re.search(TONE_GREEN, line) and not re.fullmatch(TONE_ALLOWED, path):
            complain(path, number, "a green view is made in kiosk/entrance/entrance-view.c only")
        if re.match(r"static [^(]*;", line) and not re.search(r"\bconst\b|GParamSpec|guint signals|_parent_class", line):
            complain(path, number, "a file-level mutable static")


def main():
    root = Path(sys.argv[1])
    listed = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, check=False).stdout.decode().split("\0")
    files = [f for f in listed if f] or [str(p.relative_to(root)) for p in root.rglob("*") if "build" not in p.parts]
    for path in files:
        if not re.match(r"(kiosk|hw)/.*\.(c|h|cpp)$|assets/.*\.ui$", path) or not (root / path).exists():
            continue
        text = (root / path).read_text(encoding="utf-8")
        lines = text.count("\n")
        if lines > (UI_LINES if path.endswith(".ui") else FILE_LINES):
            complain(path, lines, f"{lines} lines, too many")
        if path.endswith(".ui"):
            continue
        if "SPDX-License-Identifier" not in text[:300]:
            complain(path, 1, "no licence line")
        code = strip_comments(text)
        check_includes(path, code)
        check_functions(path, code)
        check_calls(path, code)
    print("\n".join(problems) or "source: clean")
    return 1 if problems else 0


sys.exit(main())
