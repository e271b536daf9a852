#!/usr/bin/env python3
"""Two units remember each other's checkpoints; one is put back in time, and the other says so."""
import base64
import os
import shutil
import signal
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request

from attack import Log
from flow import BIN, BUILD, free_port
from verify_model import Key, Note, Policy, Verifier, load_keys, root_of, sha

AGENT = os.path.join(BUILD, "khien-agent")
VERIFY = os.path.join(BUILD, "khien-verify")


def has_namespaces():
    return os.geteuid() == 0 and shutil.which("ip") and subprocess.run(
        ["ip", "netns", "add", "khien-try"], stderr=subprocess.DEVNULL, check=False).returncode == 0 and \
        subprocess.run(["ip", "netns", "del", "khien-try"], check=False).returncode == 0


def consistency(hashes, old):
    """RFC 6962, 2.1.2."""
    def sub(m, d, whole):
        n = len(d)
        if m == n:
            return [] if whole else [root_of(d)]
        k = 1
        while k * 2 < n:
            k *= 2
        if m <= k:
            return sub(m, d[:k], whole) + [root_of(d[k:])]
        return sub(m - k, d[k:], False) + [root_of(d[:k])]
    return sub(old, hashes, True) if 0 < old < len(hashes) else []


def request(old, proof, note):
    return ("\n".join([f"old {old}"] + [base64.b64encode(p).decode() for p in proof]) + "\n\n").encode() + note


class Witness:
    """`khien witness` of a data folder, in a network namespace where NETNS is given."""

    def __init__(self, data, name, address="127.0.0.1", netns=None):
        self.data, self.name, self.netns = data, name, netns
        self.address = f"{address}:{free_port()}"

    @property
    def url(self):
        return f"http://{self.address}"

    def __enter__(self):
        prefix = ["ip", "netns", "exec", self.netns] if self.netns else []
        self.process = subprocess.Popen(
            prefix + [BIN, "witness", "--data", self.data, "--listen", self.address, "--name", self.name],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "KHIEN_LANG": "vi"})
        self.process.stdout.readline()
        line = self.process.stdout.readline()
        self.vkey = line.split()[-1]
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        _, self.said = self.process.communicate(timeout=20)

    def knows(self, log):
        """Put the log's key into the policy; before it starts."""
        folder = os.path.join(self.data, "witness")
        os.makedirs(folder, exist_ok=True)
        with open(log.name("keys", "public.txt"), encoding="ascii") as f:
            identity = f.readline().strip()
        with open(os.path.join(folder, "policy"), "w", encoding="ascii") as f:
            f.write(f"log {identity}\nquorum none\n")

    def post(self, body):
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + "/add-checkpoint", body)) as r:
                return r.status, r.read()
        except urllib.error.HTTPError as e:
            return e.code, e.read()


def ask(log, witness, netns=None):
    with open(os.path.join(log.data, log.log, "policy"), "w", encoding="ascii") as f:
        f.write(f"witness ngoai {witness.vkey} {witness.url}\nquorum ngoai\n")
    prefix = ["ip", "netns", "exec", netns] if netns else []
    return subprocess.run(prefix + [BIN, "log", "witness", "--data", log.data], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=60, check=False,
                          env={**os.environ, "KHIEN_LANG": "vi"})


def make(folder, name, lines=300):
    log = Log(os.path.join(folder, name))
    log.seal(0)
    log.add_lines(lines)
    log.seal()
    return log


# EVIDENCE: D11.4
class Witnesses(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.log = make(self.folder, "xa")
        self.witness = Witness(os.path.join(self.folder, "tinh"), "tinh.vn/nhan-chung")
        self.witness.knows(self.log)

    def test_the_protocol_to_the_letter(self):
        log = self.log
        first = log.read("checkpoint")
        small = Note(first)
        log.add_lines(200)
        log.seal()
        hashes = [sha(b"\0" + e) for e in log.entries()]
        second = log.read("checkpoint")
        large = Note(second)
        proof = consistency(hashes[:large.size], small.size)
        with self.witness as w:
            key = Key(w.vkey)
            status, line = w.post(request(0, [], first))
            self.assertEqual(status, 200)
            self.assertTrue(Note(first + line).signed_by(key))
            # 409 with the size held: it is not where the asker thinks
            self.assertEqual(w.post(request(0, [], second)), (409, b"%d\n" % small.size))
            # 422: a proof that is short, empty, or of something else
            for wrong in ([], proof[:-1], proof[1:], proof[::-1], [bytes(32)] * len(proof)):
                self.assertEqual(w.post(request(small.size, wrong, second))[0], 422)
            # 400: an old size beyond the checkpoint (attack 23)
            self.assertEqual(w.post(request(large.size + 1, proof, second))[0], 400)
            # 403: not signed by the log; 404: a log nobody knows
            forged = log.forge(large.size, large.root, origin="xa.vn/khien/khac/2026")
            self.assertEqual(w.post(request(0, [], forged))[0], 404)
            text, _, lines = second.decode().rpartition("\n\n")
            only_epoch = (text + "\n\n" + lines.splitlines()[1] + "\n").encode()
            self.assertEqual(w.post(request(small.size, proof, only_epoch))[0], 403)
            self.assertEqual(w.post(b"old x\n\n")[0], 400)
            self.assertEqual(w.post(request(small.size, proof, second))[0], 200)
            # the same size with another root
            self.assertEqual(w.post(request(large.size, [], log.forge(large.size, bytes(32))))[0], 409)
        self.assertIn("another checkpoint of the same size", self.witness.said)
        # what was promised outlives the process
        with self.witness as w:
            self.assertEqual(w.post(request(0, [], first)), (409, b"%d\n" % large.size))

    def test_a_cosigned_log_meets_its_policy(self):
        with self.witness as w:
            done = ask(self.log, w)
            self.assertEqual(done.returncode, 0, done)
            self.log.add_lines(700)
            self.log.seal()
            self.assertEqual(ask(self.log, w).returncode, 0)
        policy = os.path.join(self.folder, "policy")
        with open(self.log.name("keys", "public.txt"), encoding="ascii") as f:
            logs = "".join(f"log {line}\n" for line in f.read().splitlines())
        with open(policy, "w", encoding="ascii") as f:
            f.write(logs + f"witness ngoai {self.witness.vkey}\nquorum ngoai\n")
        done = subprocess.run([VERIFY, self.log.path, "--key", policy], stdout=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 0, done.stdout.decode())
        keys, rules = load_keys(policy)
        self.assertIsInstance(rules, Policy)
        self.assertEqual(Verifier(self.log.path, keys, rules).run(), [])

    def rolled_back(self, netns=(None, None), address="127.0.0.1"):
        """The log is cosigned, put back in time, goes on differently, and asks again."""
        self.witness.netns, self.witness.address = netns[1], f"{address}:{free_port()}"
        old = self.log.copy(os.path.join(self.folder, "old"))
        with self.witness as w:
            self.log.add_lines(200)
            self.log.seal()
            self.assertEqual(ask(self.log, w, netns[0]).returncode, 0)
            shutil.rmtree(self.log.data)
            shutil.copytree(old.data, self.log.data)
            self.log.add_lines(50)
            self.log.seal()
            done = ask(self.log, w, netns[0])
            self.assertEqual(done.returncode, 1, done)
            self.assertIn("đưa về trạng thái cũ", done.stdout)
        self.assertIn("put back in time", self.witness.said)
        with open(os.path.join(self.witness.data, "witness", "alarms"), encoding="utf-8") as f:
            self.assertIn("put back in time", f.read())
        # and from then on this folder signs nothing more under its old name
        self.log.add_lines(1)
        self.assertIn("ngoai", self.log.seal(status=1).out)

    def test_a_log_that_was_put_back_in_time(self):
        self.rolled_back()

    @unittest.skipUnless(has_namespaces(), "no network namespaces here")
    def test_two_machines_in_namespaces_of_their_own(self):
        names = (f"kx{os.getpid()}", f"kt{os.getpid()}")

        def run(*words):
            subprocess.run(words, check=True)

        for name in names:
            run("ip", "netns", "add", name)
            self.addCleanup(subprocess.run, ["ip", "netns", "del", name], check=False)
        run("ip", "link", "add", names[0], "type", "veth", "peer", "name", names[1])
        for name, address in zip(names, ("10.99.7.1/24", "10.99.7.2/24")):
            run("ip", "link", "set", name, "netns", name)
            for words in (("addr", "add", address, "dev", name), ("link", "set", name, "up"),
                          ("link", "set", "lo", "up")):
                run("ip", "netns", "exec", name, "ip", *words)
        # each remembers the other
        other = make(self.folder, "huyen")
        back = Witness(self.log.data, "xa.vn/nhan-chung", "10.99.7.1", names[0])
        back.knows(other)
        with back as w:
            self.assertEqual(ask(other, w, names[1]).returncode, 0)
        self.rolled_back(names, "10.99.7.2")

    def test_an_agent_sees_the_past_change(self):
        state = os.path.join(self.folder, "seen")
        os.makedirs(state)
        sheet = os.path.join(self.folder, "sheet")
        shutil.copy(self.log.name("keys", "public.txt"), sheet)
        server = Witness(self.log.data, "xa.vn/nhan-chung")

        def look():
            with server as w:
                return subprocess.run([AGENT, "witness", "--server", w.url, "--key", sheet, "--state", state,
                                       "--once"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                      env={**os.environ, "KHIEN_LANG": "vi"}, timeout=60, check=False)

        old = self.log.copy(os.path.join(self.folder, "old"))
        self.assertEqual(look().returncode, 0)
        self.log.add_lines(500)
        self.log.seal()
        self.assertEqual(look().returncode, 0)
        shutil.rmtree(self.log.data)
        shutil.copytree(old.data, self.log.data)
        done = look()
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("đổi quá khứ", done.stdout)
        # it goes on until it is longer than what was seen, with other lines
        self.log.add_lines(900)
        self.log.seal()
        done = look()
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("does not go on", done.stdout)


if __name__ == "__main__":
    unittest.main()
