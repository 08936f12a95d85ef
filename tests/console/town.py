# SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small town of one week: four people whose contacts anybody can work out, and a crowd around them, from a fixed seed."""

import random
import time

DAY_S = 86400
F0, BA, CHI, DUNG = ("c0ffee00" + "0" * 20 + one for one in ("00a1", "00b2", "00c3", "00d4"))
VENUES = ["Bến xe trung tâm", "Chợ đầu mối phía Nam", "Quán phở Cô Ba", "Phòng khám Đa khoa số 2", "Siêu thị Xanh",
          "Trường THCS Hoa Sen", "Nhà máy May số 3", "Nhà văn hoá phường", "Rạp chiếu phim Sao Mai", "Nhà thi đấu quận"]
ZONES = {"Bến xe trung tâm": ["sảnh A", "sảnh B", "phòng chờ"], "Nhà máy May số 3": ["chuyền 1", "chuyền 2"], "Siêu thị Xanh": ["quầy tươi", "quầy thu ngân"]}


def start_of_week():
    """Six whole days ago, at midnight in Việt Nam."""
    return (int(time.time()) // DAY_S - 6) * DAY_S - 7 * 3600


def write_town(path, n_people=420):
    chance = random.Random(20261127)
    monday = start_of_week()
    rows = []

    def stay(who, venue, day, hour, minutes, zone=None, evidence="qr", is_open=False):
        arrived = monday + day * DAY_S + int(hour * 3600)
        rows.append((who, venue, zone if zone is not None else chance.choice(ZONES.get(venue, [""])), arrived,
                     "" if is_open else arrived + minutes * 60, evidence, f"k{VENUES.index(venue) + 1}", len(rows) + 1))

    # F0's week; Ba has lunch with F0, Chi meets Ba after that, Dung left before.
    stay(F0, "Quán phở Cô Ba", 1, 11.5, 60, "")
    stay(BA, "Quán phở Cô Ba", 1, 12.0, 60, "")
    stay(DUNG, "Quán phở Cô Ba", 1, 10.0, 80, "")
    stay(BA, "Nhà văn hoá phường", 2, 19.0, 90, "")
    stay(CHI, "Nhà văn hoá phường", 2, 19.5, 100, "")
    stay(F0, "Bến xe trung tâm", 1, 6.5, 40, "phòng chờ")
    stay(F0, "Chợ đầu mối phía Nam", 2, 5.5, 75, "")
    stay(F0, "Siêu thị Xanh", 2, 18.0, 35, "quầy thu ngân")
    stay(F0, "Rạp chiếu phim Sao Mai", 3, 20.0, 120, "", "ble")
    stay(F0, "Phòng khám Đa khoa số 2", 4, 8.0, 55, "")

    for n in range(n_people):
        who = f"{chance.getrandbits(128):032x}"
        home, work = chance.choice(VENUES[:5]), chance.choice(VENUES[4:])
        is_staff = n % 40 == 0
        for day in range(5):
            if is_staff:
                stay(who, home, day, 7 + chance.random(), 480, None, "staff")
            elif chance.random() < 0.45:
                stay(who, home, day, 5 + chance.random() * 14, chance.randint(10, 90), None, chance.choice(["qr", "qr", "ble"]), chance.random() < 0.03)
            if not is_staff and chance.random() < 0.3:
                stay(who, work, day, 8 + chance.random() * 12, chance.randint(20, 150))
    lines = [",".join(str(field) for field in row) for row in rows]
    path.write_text("subject,venue,zone,arrived,left,evidence,kiosk,seq\n" + "\n".join(lines) + "\n", encoding="utf-8")
