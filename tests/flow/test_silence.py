"""Who sends no more is told: by one rule, in the log, on the page and as evidence, until he sends again."""
import json
import os
import re
import socket
import unittest

import shard
from test_intake import Log


def send(log, text=b"<13>Nov 25 10:00:00 fw p: here"):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.sendto(text, ("127.0.0.1", log.port))


def events(log):
    return [json.loads(leaf.raw)["event"] for leaf in shard.leaves(log.data) if leaf.kind == shard.EVENT]


def noted(log):
    """What the audit of this machine is told of the sender: 1 sends, 0 is silent; None: nothing yet."""
    path = os.path.join(log.data, "notes", "log-facts")
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        found = re.search(r"^source (\d) \d+ 127\.0\.0\.1$", file.read(), re.M)
    return int(found.group(1)) if found else None


class Silence(unittest.TestCase):
    # EVIDENCE: D10.1.b
    def test_it_is_told_becomes_evidence_and_ends(self):
        with Log("silence: 4\n") as log:
            send(log)
            log.wait_lines(1, shard.UDP)
            browser = log.server.set_up()
            shard.wait_for(lambda: "silent" in events(log))
            shard.wait_for(lambda: noted(log) == 0)
            self.assertRegex(browser.get("/nhat-ky/nguon").text, r"chip not-met\">im lặng \d")
            shard.wait_for(lambda: "Nguồn im lặng</dt><dd>1<" in browser.get("/nhat-ky/nguon").text)
            send(log)
            shard.wait_for(lambda: "back" in events(log))
            shard.wait_for(lambda: noted(log) == 1)
            # what people set on the page is what the log goes by
            number = re.search(r"/nhat-ky/nguon/(\d+)\">127\.0\.0\.1", browser.get("/nhat-ky/nguon").text).group(1)
            browser.get(f"/nhat-ky/nguon/{number}")
            browser.submit({"ten": "tường lửa", "im-lang": "0"}, action=f"/nhat-ky/nguon/{number}")
            before = events(log).count("silent")

            def alarm():
                with open(os.path.join(log.data, "log/intake/senders"), encoding="utf-8") as file:
                    return [row.split("\t")[3] for row in file if "127.0.0.1" in row]
            send(log)
            shard.wait_for(lambda: alarm() == ["0"])
            self.assertLessEqual(events(log).count("silent"), before + 1)
            self.assertIn("không đặt báo động", browser.get(f"/nhat-ky/nguon/{number}").text)

    def test_a_clock_set_forward_makes_nobody_silent(self):
        with Log() as log:
            send(log)
            log.wait_lines(1, shard.UDP)
            log.server.pass_time(days=3)
            browser = log.server.set_up()
            shard.wait_for(lambda: any(leaf.kind == shard.CLOCK and b"jump" in leaf.raw for leaf in shard.leaves(log.data)))
            shard.wait_for(lambda: os.path.exists(os.path.join(log.data, "alarm/silence")))
            with open(os.path.join(log.data, "alarm/silence"), encoding="utf-8") as file:
                self.assertIn("default 86400", file.read())         # the pack's
            self.assertNotIn("im lặng", re.sub(r"(?s)<aside.*?</aside>", "", browser.get("/nhat-ky/nguon").text))
            shard.wait_for(lambda: "Nguồn im lặng</dt><dd>0<" in browser.get("/nhat-ky/nguon").text)
            self.assertNotIn("silent", events(log))
