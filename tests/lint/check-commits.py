#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every commit says where and what: `area: Imperative summary`, at most 72 characters."""

import re
import subprocess
import sys

shown = subprocess.run(["git", "-C", sys.argv[1], "log", "--no-merges", "--format=%h %s"], capture_output=True, text=True, check=False)
if shown.returncode != 0:
    print("no git history here: skipped")
    sys.exit(77)
bad = [line for line in shown.stdout.splitlines()
       if not re.fullmatch(r"[0-9a-f]+ [a-z0-9][a-z0-9_/,-]*: [A-Z].*[^.]", line) or len(line.split(" ", 1)[1]) > 72]
print("\n".join(bad) or f"{len(shown.stdout.splitlines())} commits: clean")
sys.exit(1 if bad else 0)
