#!/usr/bin/env python3
"""Two units remember each other's checkpoints; one is put back in time, and the other says so."""
import base64
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from attack import Log
from flow import BIN, BUILD, PACKS, SOURCE, free_port, khien
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

    def __init__(self, data, name, address="127.0.0.1", netns=None, tls=False):
        self.data, self.name, self.netns, self.tls = data, name, netns, tls
        self.address = f"{address}:{free_port()}"

    @property
    def is_tls(self):
        return self.tls or not self.address.startswith("127.")

    @property
    def url(self):
        return f"http{'s' if self.is_tls else ''}://{self.address}"

    @property
    def certificate(self):
        return os.path.join(self.data, "witness", "tls-certificate.pem")

    def __enter__(self):
        prefix = ["ip", "netns", "exec", self.netns] if self.netns else []
        self.process = subprocess.Popen(
            prefix + [BIN, "witness", "--data", self.data, "--listen", self.address, "--name", self.name]
            + ["--tls"] * self.tls,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "KHIEN_LANG": "vi"})
        said = self.process.stdout.readline()
        assert self.url in said, said
        while not (line := self.process.stdout.readline()).startswith("  khóa:"):
            assert line, "it ended"
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


def name_witness(data, witness, pins=True):
    """Into the policy of the log; and its certificate among those that are believed."""
    with open(os.path.join(data, "log", "policy"), "w", encoding="ascii") as f:
        f.write(f"witness ngoai {witness.vkey} {witness.url}\nquorum ngoai\n")
    if witness.is_tls and pins:
        shutil.copy(witness.certificate, os.path.join(data, "log", "peers.pem"))


def ask(log, witness, netns=None, pins=True):
    name_witness(log.data, witness, pins)
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


class Serving:
    """`khien serve` of a data folder, in a network namespace."""

    def __init__(self, data, netns):
        self.data, self.netns, self.path = data, netns, data + ".said"

    def __enter__(self):
        with open(self.path, "a", encoding="utf-8") as said:
            self.process = subprocess.Popen(
                ["ip", "netns", "exec", self.netns, BIN, "serve", "--data", self.data, "--packs", PACKS,
                 "--listen", f"127.0.0.1:{free_port()}"], cwd=SOURCE, stdout=said, stderr=said,
                env={**os.environ, "KHIEN_LANG": "vi"})
        self.wait_for(lambda: os.path.exists(Log(self.data).name("checkpoint")))
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)

    def said(self):
        with open(self.path, encoding="utf-8") as f:
            return f.read()

    def wait_for(self, what, timeout_s=100):
        end = time.monotonic() + timeout_s
        while not what():
            assert self.process.poll() is None and time.monotonic() < end, self.said()
            time.sleep(0.2)


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

    def test_over_tls_only_who_is_pinned_is_asked(self):
        """EVIDENCE: D11.4"""
        self.witness.tls = True
        with self.witness as w:
            done = ask(self.log, w, pins=False)  # this machine knows no such certificate
            self.assertEqual(done.returncode, 1, done)
            self.assertIn("chưa ký cùng", done.stdout)
            self.assertFalse(os.path.exists(self.log.name("cosigned")))
            other = Witness(os.path.join(self.folder, "khac"), "khac.vn/nhan-chung", tls=True)
            os.makedirs(other.data)
            with other:
                shutil.copy(other.certificate, os.path.join(self.log.data, "log", "peers.pem"))
            self.assertEqual(ask(self.log, w, pins=False).returncode, 1)  # another one is pinned
            done = ask(self.log, w)
            self.assertEqual(done.returncode, 0, done)
        self.assertTrue(Note(self.log.read("cosigned", "ngoai")).signed_by(Key(w.vkey)))

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

    def namespaces(self):
        """Two machines with a cable between them: their names."""
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
        return names

    @unittest.skipUnless(has_namespaces(), "no network namespaces here")
    def test_two_machines_in_namespaces_of_their_own(self):
        names = self.namespaces()
        # each remembers the other
        other = make(self.folder, "huyen")
        back = Witness(self.log.data, "xa.vn/nhan-chung", "10.99.7.1", names[0])
        back.knows(other)
        with back as w:
            self.assertEqual(ask(other, w, names[1]).returncode, 0)
        self.rolled_back(names, "10.99.7.2")

    @unittest.skipUnless(has_namespaces(), "no network namespaces here")
    def test_two_servers_witness_each_other_and_one_is_put_back(self):
        names, sides = self.namespaces(), []
        for name, netns, address in (("xa", names[0], "10.99.7.1"), ("huyen", names[1], "10.99.7.2")):
            data = os.path.join(self.folder, f"server-{name}")
            os.makedirs(data, mode=0o700)
            with open(os.path.join(data, "intake.yaml"), "w", encoding="ascii") as f:
                f.write(f"udp: no\ntcp: no\nfiles: [{data}.log]\n")
            with open(data + ".log", "w", encoding="ascii"):
                pass
            with Serving(data, netns):  # its keys are made
                pass
            sides.append((data, netns, Witness(data, f"{name}.vn/nhan-chung", address, netns)))
        (xa, xa_net, of_xa), (huyen, huyen_net, of_huyen) = sides
        of_huyen.knows(Log(xa))
        of_xa.knows(Log(huyen))
        with of_xa, of_huyen:
            name_witness(xa, of_huyen)
            name_witness(huyen, of_xa)
            with Serving(xa, xa_net) as serving, Serving(huyen, huyen_net):
                for log, w in ((Log(xa), of_huyen), (Log(huyen), of_xa)):
                    serving.wait_for(lambda log=log: os.path.exists(log.name("cosigned", "ngoai")))
                    self.assertTrue(Note(log.read("cosigned", "ngoai")).signed_by(Key(w.vkey)))
            old = os.path.join(self.folder, "old")
            shutil.copytree(xa, old, ignore=shutil.ignore_patterns("*.sock*"))
            lines = os.path.join(self.folder, "lines")
            with open(lines, "w", encoding="ascii") as f:
                f.writelines(f"Nov 26 10:00:00 h p: dong so {i}\n" for i in range(500))
            self.assertEqual(khien("log", "import", "--data", xa, lines).status, 0)
            with Serving(xa, xa_net) as serving:
                size = Note(Log(xa).read("checkpoint")).size
                serving.wait_for(lambda: Note(Log(xa).read("cosigned", "ngoai")).size >= size)
            shutil.rmtree(xa)
            shutil.copytree(old, xa)
            with Serving(xa, xa_net) as serving:
                # the one that was put back learns of it and signs nothing more
                serving.wait_for(lambda: "ngoai" in os.listdir(Log(xa).name("anchors")))
                with open(xa + ".log", "a", encoding="ascii") as f:
                    f.write("Nov 26 11:00:00 h p: mot dong moi\n")
                serving.wait_for(lambda: os.path.exists(Log(xa).name("alarm")))
            self.assertIn("đưa về trạng thái cũ", serving.said())
        # and the other says so
        self.assertIn("put back in time", of_huyen.said)

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
